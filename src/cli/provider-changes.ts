import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { parseConfig } from "../config/parse.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { type Answer, answering, type Context } from "./context.ts";

interface ProviderOptions {
  preset?: string;
  baseUrl?: string;
  dialect?: string;
  local?: boolean;
  model?: string[];
  auth?: string[];
  keyEnv?: string;
  keyStdin?: boolean;
  settings?: string;
}

type Body = { body: JsonObject } | { problem: string };

/** `nyuro providers add|update|remove`. A secret is never an argument: those can be seen by everybody on the machine. */
export function addProviderChanges(providers: Command, context: Context): void {
  const add = providers.command("add").argument("<id>", "what it is called").description("add a provider");
  answering<ProviderOptions>(withSettings(add), context, async (options, id = "") => {
    const read = await bodyOf(options, context);
    if ("problem" in read) return read;
    return told(
      await context.api.send("POST", "/providers", { ...read.body, id }),
      `Provider ${id} is added.`,
    );
  });
  const update = providers
    .command("update")
    .argument("<id>", "one that was added here")
    .description("change what is named; another address needs the key anew");
  answering<ProviderOptions>(withSettings(update), context, async (options, id = "") => {
    const read = await bodyOf(options, context);
    if ("problem" in read) return read;
    return told(await context.api.send("PATCH", at(id), read.body), `Provider ${id} is changed.`);
  });
  const remove = providers
    .command("remove")
    .argument("<id>", "one that was added here")
    .description("take it away; requests under way end as they began");
  answering(remove, context, async (_, id = "") =>
    told(await context.api.send("DELETE", at(id)), `Provider ${id} is removed.`),
  );
}

const at = (id: string) => `/providers/${encodeURIComponent(id)}`;

function told(answer: { body: JsonObject } | { problem: string }, text: string): Answer {
  return "problem" in answer ? answer : { json: answer.body, text };
}

const each = (value: string, before: string[] = []) => [...before, value];

function withSettings(command: Command): Command {
  return command
    .option("--preset <id>", "a built-in provider whose address is known")
    .option("--base-url <url>", "where the dialect's paths begin, as http://127.0.0.1:8000/v1")
    .option("--dialect <name>", "openai, anthropic, gemini, ollama or bedrock")
    .option("--local", "on your own infrastructure: costs 0, may be on a private address")
    .option("--no-local", "not (any more)")
    .option("--model <id>", "serves only this model; may be repeated", each)
    .option(
      "--auth <name=value>",
      "a setting of the address or login that is no secret; may be repeated",
      each,
    )
    .option("--key-env <name>", "the environment variable that holds the key")
    .option("--key-stdin", "read the key from standard input")
    .option("--settings <file>", "further fields, as in the configuration file; - = standard input");
}

async function bodyOf(options: ProviderOptions, context: Context): Promise<Body> {
  const { preset, baseUrl: base_url, dialect, local, model } = options;
  if (options.keyStdin && options.settings === "-")
    return { problem: "Standard input can hold the key or the settings, not both." };
  const [further, key] = [await settingsOf(options, context), await keyOf(options, context)];
  if ("problem" in further) return further;
  if ("problem" in key) return key;
  const models = model?.map((id) => ({ id }));
  const said = { preset, base_url, dialect, local, models, ...authOf(options.auth), ...key.body };
  const fields = Object.entries(said).filter(([, value]) => value !== undefined);
  return { body: { ...further.body, ...Object.fromEntries(fields) } };
}

function authOf(pairs: readonly string[] | undefined): { auth?: JsonObject } {
  if (!pairs) return {};
  const entries = pairs.map((pair): [string, string] => {
    const [name = "", ...value] = pair.split("=");
    return [name, value.join("=")];
  });
  return { auth: Object.fromEntries(entries) };
}

async function keyOf({ keyEnv, keyStdin }: ProviderOptions, context: Context): Promise<Body> {
  if (keyEnv !== undefined) {
    const key = context.environment.value(keyEnv);
    return key === null ? { problem: `The variable ${keyEnv} is not set.` } : { body: { api_key: key } };
  }
  if (!keyStdin) return { body: {} };
  const key = (await context.input()).trim();
  return key === "" ? { problem: "There is no key on standard input." } : { body: { api_key: key } };
}

async function settingsOf({ settings }: ProviderOptions, { cwd, input }: Context): Promise<Body> {
  if (settings === undefined) return { body: {} };
  const bytes = settings === "-" ? Buffer.from(await input()) : readFile(resolve(cwd, settings));
  if (!(bytes instanceof Uint8Array)) return bytes;
  const parsed = parseConfig(bytes);
  if ("problems" in parsed) return { problem: `The settings cannot be read: ${parsed.problems.join("; ")}.` };
  return isObject(parsed.document)
    ? { body: parsed.document }
    : { problem: "The settings must be a mapping of keys." };
}

function readFile(path: string): Uint8Array | { problem: string } {
  try {
    return readFileSync(path);
  } catch {
    return { problem: `The file ${path} cannot be read.` };
  }
}
