import type { Command } from "commander";
import type { Known } from "../config/cross-checks.ts";
import type { Environment } from "../config/env.ts";
import type { Clock } from "../core/clock.ts";
import type { Api } from "./api.ts";

/** Where a command writes, and how it says that it failed. */
export interface Terminal {
  /** A line, or several, of the answer. */
  out(text: string): void;
  /** One sentence on what went wrong or must be known; never part of the answer. */
  note(text: string): void;
  /** The exit code becomes 1; what runs goes on. */
  failed(): void;
}

/** What commands stand on. */
export interface Context {
  environment: Environment;
  /** Absolute; relative paths start here. */
  cwd: string;
  known: Known;
  api: Api;
  clock: Clock;
  terminal: Terminal;
  /** All of standard input. */
  input(): Promise<string>;
  /** Serves until it is told to stop. */
  serve(configPath?: string): Promise<void>;
  /** Resolves after that time; false = no more, stop. */
  wait(ms: number): Promise<boolean>;
}

/** Adds one command, with those below it. */
export type AddCommand = (program: Command, context: Context) => void;

/** What a command has to say: the same as data and as text, or one sentence on why it failed. Null = all is said. */
export type Answer = { json: unknown; text: string } | { problem: string } | null;

interface JsonOption {
  json?: boolean;
}

/** Gives a command its `--json` and its work. */
export function answering<Options extends object>(
  command: Command,
  { terminal }: Context,
  work: (options: Options, ...operands: string[]) => Promise<Answer>,
): Command {
  return command.option("--json", "print JSON").action(async (...given: unknown[]) => {
    const operands = given.slice(0, -2).filter((it): it is string => typeof it === "string");
    const options = command.optsWithGlobals<Options & JsonOption>();
    const answer = await work(options, ...operands);
    if (answer === null) return;
    if ("problem" in answer) fail(terminal, answer.problem);
    else terminal.out(options.json ? JSON.stringify(answer.json, null, 2) : answer.text);
  });
}

export function fail(terminal: Terminal, problem: string): void {
  terminal.note(`nyuro: ${problem}`);
  terminal.failed();
}
