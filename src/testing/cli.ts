import { createProgram, type ProgramParts } from "../cli/program.ts";
import { readEnvironment } from "../config/env.ts";
import { isConfigProblem } from "../config/problem.ts";

export interface CliResult {
  /** Standard output. */
  out: string;
  /** Standard error. */
  notes: string;
  exitCode: number;
}

export interface CliOptions extends Partial<Pick<ProgramParts, "cwd" | "input" | "wait" | "serve">> {
  env?: Record<string, string>;
}

/** Runs one command line in this process, with an environment of its own. */
export async function runCli(line: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const environment = readEnvironment(options.env ?? {});
  if (isConfigProblem(environment)) throw new Error(environment.problems.join("; "));
  const out: string[] = [];
  const notes: string[] = [];
  let exitCode = 0;
  const program = createProgram({
    environment,
    known: { presets: ["openai", "ollama", "azure", "bedrock", "vertex"], dialects: ["openai"] },
    serve: options.serve ?? (async () => {}),
    cwd: options.cwd ?? "/nonexistent",
    input: options.input,
    wait: options.wait,
    terminal: {
      out: (text) => void out.push(text),
      note: (text) => void notes.push(text),
      failed() {
        exitCode = 1;
      },
    },
  });
  await program.parseAsync(line, { from: "user" });
  return { out: out.join("\n"), notes: notes.join("\n"), exitCode };
}
