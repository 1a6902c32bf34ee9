import type { Command } from "commander";
import type { JsonObject } from "../core/json.ts";
import { type AddCommand, type Answer, answering, type Context } from "./context.ts";
import { type CreateOptions, namesOf } from "./create-options.ts";
import { limitsOf, saysLimits, withLimits } from "./limits.ts";
import { createOffline } from "./offline-key.ts";
import { readAll } from "./pages.ts";
import { table } from "./table.ts";
import { addUpdateKey } from "./update-key.ts";

/** `nyuro keys list|create|update|rotate|revoke`. */
export const addKeys: AddCommand = (program, context) => {
  const keys = program.command("keys").description("list, make, change, rotate and revoke keys");
  const list = keys
    .command("list")
    .description("keys, newest first")
    .option("--org <id>", "of one organization");
  answering<{ org?: string }>(list, context, ({ org }) => listKeys(context, org));
  addCreate(keys, context);
  addUpdateKey(keys, context);
  const rotate = keys
    .command("rotate")
    .argument("<id>", "key_…")
    .description("a new secret for a key, shown once")
    .option("--overlap <seconds>", "how long the old secret goes on working", "0");
  answering<{ overlap: string }>(rotate, context, async ({ overlap }, id = "") => {
    const seconds = { overlap_seconds: Number(overlap) };
    return newSecret(await context.api.send("POST", `/keys/${encodeURIComponent(id)}/rotate`, seconds));
  });
  const revoke = keys
    .command("revoke")
    .argument("<id>", "key_…")
    .description("end a key and all its secrets at once");
  answering(revoke, context, async (_, id = "") => {
    const answer = await context.api.send("DELETE", `/keys/${encodeURIComponent(id)}`);
    if ("problem" in answer) return answer;
    return { json: answer.body, text: `Key ${id} is revoked.` };
  });
};

function addCreate(keys: Command, context: Context): void {
  const create = keys
    .command("create")
    .description("make a key; its secret is shown once")
    .option("--name <name>", "what it is for", "command line")
    .option("--scopes <list>", "inference, read, manage, admin; with commas (default: inference)")
    .option("--models <list>", "only these models or aliases; with commas")
    .option("--providers <list>", "only these providers; with commas")
    .option("--expires <time>", "RFC 3339 time at which it ends")
    .option("--org <id>", "organization it belongs to (default: the asking key's)")
    .option("--offline", "without a server, on the data folder itself: recovers a lost admin key")
    .option("--config <file>", "configuration file, with --offline");
  answering<CreateOptions>(withLimits(create), context, async (options) => {
    if (options.offline && saysLimits(options))
      return { problem: "Limits and budgets are set by a server: leave them out with --offline." };
    if (options.offline) return newSecret(await createOffline(context, options));
    return newSecret(await context.api.send("POST", "/keys", bodyOf(options)));
  });
}

async function listKeys({ api, clock }: Context, org: string | undefined): Promise<Answer> {
  const read = await readAll(api, "/keys", { org_id: org });
  if ("problem" in read) return read;
  const rows = read.entries.map((key) => [
    ...[key.id, key.name, key.prefix, key.scopes, stateOf(key, clock.now()), key.org_id],
    ...[key.created_at, key.last_used_at, key.expires_at],
  ]);
  const names = ["ID", "NAME", "PREFIX", "SCOPES", "STATE", "ORG", "CREATED", "LAST USED", "EXPIRES"];
  return { json: read.entries, text: table(names, rows) };
}

function stateOf({ revoked_at, expires_at }: JsonObject, nowMs: number): string {
  if (revoked_at !== null) return "revoked";
  return typeof expires_at === "string" && Date.parse(expires_at) <= nowMs ? "expired" : "active";
}

function bodyOf(options: CreateOptions): JsonObject {
  const { name, scopes, models, providers, expires, org } = options;
  return {
    name,
    scopes: namesOf(scopes),
    allowed_models: namesOf(models),
    allowed_providers: namesOf(providers),
    expires_at: expires,
    org_id: org,
    ...limitsOf(options),
  };
}

/** The one time a secret is shown. */
function newSecret(answer: { body: JsonObject } | { problem: string }): Answer {
  if ("problem" in answer) return answer;
  const { id, key, scopes } = answer.body;
  const granted = Array.isArray(scopes) ? scopes.join(", ") : "";
  const text = `Key ${String(id)} (${granted}). Its secret is shown once:\n\n  ${String(key)}\n`;
  return { json: answer.body, text };
}
