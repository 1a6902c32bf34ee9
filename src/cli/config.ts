import { stringify } from "yaml";
import { describeConfig } from "../config/describe.ts";
import { schemaDocument } from "../config/document.ts";
import { isConfigProblem } from "../config/problem.ts";
import { readConfiguration } from "./configuration.ts";
import { type AddCommand, type Answer, answering, type Context } from "./context.ts";

/** `nyuro config check|schema`. */
export const addConfig: AddCommand = (program, context) => {
  const config = program.command("config").description("check the configuration without starting");
  const check = config
    .command("check")
    .description("say all that is wrong, or show what is in force, secrets masked")
    .option("--config <file>", "configuration file");
  answering<{ config?: string }>(check, context, async (options) => checkConfig(context, options.config));
  const schema = config.command("schema").description("the JSON schema of the file, for editors");
  answering(schema, context, async () => {
    const text = schemaDocument();
    return { json: JSON.parse(text), text: text.trimEnd() };
  });
};

function checkConfig(context: Context, path: string | undefined): Answer {
  const loaded = readConfiguration(context, path);
  const where = loaded.path ?? "no file; defaults and environment";
  if (isConfigProblem(loaded)) {
    context.terminal.failed();
    const { problems } = loaded;
    const lines = problems.map((problem) => `  ${problem}`);
    return { json: { ok: false, path: loaded.path, problems }, text: [`${where}:`, ...lines].join("\n") };
  }
  const config = describeConfig(loaded.config);
  return {
    json: { ok: true, path: loaded.path, revision: loaded.revision, config },
    text: `# ${where}: no mistakes\n${stringify(config).trimEnd()}`,
  };
}
