import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { Known } from "../config/cross-checks.ts";
import type { Environment } from "../config/env.ts";
import { systemClock } from "../core/clock.ts";
import { Api } from "./api.ts";
import { COMMANDS } from "./commands.ts";
import type { Context, Terminal } from "./context.ts";

export interface ProgramParts {
  environment: Environment;
  /** Preset and dialect ids, for checking a configuration. */
  known: Known;
  /** Serves until it is told to stop. `configPath` is `--config` as written. */
  serve(configPath?: string): Promise<void>;
  /** Absent = the process's own. */
  cwd?: string;
  /** Absent = standard output, standard error and the process's exit code. */
  terminal?: Terminal;
  /** Absent = the process's own. */
  input?: Context["input"];
  /** Absent = real time, for ever. */
  wait?: Context["wait"];
}

const ROOT = join(import.meta.dir, "..", "..");

function versionOf(folder: string): string {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;
}

/** The command line. Nothing happens before `parseAsync()`. */
export function createProgram(parts: ProgramParts): Command {
  const { environment } = parts;
  const terminal = parts.terminal ?? processTerminal;
  const context: Context = {
    environment,
    cwd: parts.cwd ?? process.cwd(),
    known: parts.known,
    api: new Api({ url: environment.url, apiKey: environment.apiKey }),
    clock: systemClock,
    terminal,
    input: parts.input ?? (() => Bun.stdin.text()),
    serve: parts.serve,
    wait: parts.wait ?? ((ms) => Bun.sleep(ms).then(() => true)),
  };
  const program = new Command("nyuro")
    .version(versionOf(ROOT), "-V, --version", "print the version")
    .description("One OpenAI-compatible endpoint in front of every model, your own machines included.")
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .addHelpText(
      "after",
      "\nCommands that ask a server use NYURO_URL (http://127.0.0.1:4210) and NYURO_API_KEY.",
    );
  for (const add of COMMANDS) add(program, context);
  return program;
}

const processTerminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
  failed() {
    process.exitCode = 1;
  },
};
