import { join, relative } from "node:path";
import { Command } from "commander";
import { readEnvironment } from "../../src/config/env.ts";
import { isConfigProblem } from "../../src/config/problem.ts";
import { type RecordOptions, record } from "./record.ts";
import { NAMED_REQUESTS } from "./requests.ts";

/** `npm run record -- <provider> <case>`: calls a real provider with the operator's key and keeps what it answers. */
const program = new Command("record")
  .description(
    "Asks a provider once and keeps question and answer, without secrets, as a case for the tests.",
  )
  .argument("<provider>", "its id in the configuration, or a preset's with its key in the environment")
  .argument(
    "<case>",
    `a request of ours (${Object.keys(NAMED_REQUESTS).join(", ")}), or with --request any name`,
  )
  .option("--model <model>", "the model to ask (default: the provider's first in the configuration)")
  .option("--request <file>", "a chat request in OpenAI's form, JSON")
  .option("--stream", "ask for a stream")
  .option("--config <file>", "the configuration (default: as `nyuro serve` finds it)")
  .option("--force", "replace a case of that name")
  .action(async (provider: string, name: string, told: Omit<RecordOptions, "provider" | "case">) => {
    const environment = readEnvironment();
    if (isConfigProblem(environment)) return failed(environment.problems.join("; "));
    const cwd = process.cwd();
    const dialectsFolder = join(import.meta.dir, "../../src/providers/dialects");
    const recorded = await record({ ...told, provider, case: name }, { environment, cwd, dialectsFolder });
    if ("problem" in recorded) return failed(recorded.problem);
    console.log(`${relative(cwd, recorded.folder)}: status ${recorded.status}`);
    for (const note of recorded.notes) console.log(`- ${note}`);
  });

function failed(problem: string): void {
  process.stderr.write(`record: ${problem}\n`);
  process.exitCode = 1;
}

await program.parseAsync();
