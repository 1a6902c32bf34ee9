import { loadConfig } from "../config/load.ts";
import { isConfigProblem } from "../config/problem.ts";
import { SCOPES, type Scope } from "../core/caller.ts";
import { toRfc3339 } from "../core/clock.ts";
import type { JsonObject } from "../core/json.ts";
import type { NewKey } from "../keys/input.ts";
import { Keys } from "../keys/keys.ts";
import { loadPepper } from "../keys/pepper.ts";
import { openStore, type Store } from "../store/open.ts";
import { DEFAULT_ORG_ID } from "../store/orgs-table.ts";
import type { Context } from "./context.ts";
import { type CreateOptions, namesOf } from "./create-options.ts";

type Made = { body: JsonObject } | { problem: string };

/** Makes a key in the data folder itself, for whoever may write there. Not while a server holds it. */
export async function createOffline(context: Context, options: CreateOptions): Promise<Made> {
  const input = inputOf(options);
  if ("problem" in input) return input;
  const { environment, cwd, known, clock } = context;
  const loaded = loadConfig({ environment, cwd, path: options.config, known });
  if (isConfigProblem(loaded)) return { problem: loaded.problems.join("; ") };
  const { dataDir, store: settings } = loaded.config;
  const store = openStore({ dataDir, sync: settings.sync, clock });
  if ("problem" in store)
    return { problem: `${store.problem} If that is your server, leave --offline out, or stop it first.` };
  try {
    return await createIn(store, dataDir, input, context);
  } finally {
    await store.close();
  }
}

async function createIn(store: Store, dataDir: string, input: NewKey, context: Context): Promise<Made> {
  const pepper = await loadPepper({ dataDir, secret: context.environment.secret, store });
  if ("problem" in pepper) return pepper;
  const keys = await Keys.load({ store, hashSecret: pepper.hashSecret, clock: context.clock });
  const made = await keys.create(input);
  await keys.close();
  if ("refusal" in made) return { problem: made.refusal.message };
  const { id, name, orgId, prefix, scopes, createdAtMs } = made.key;
  const created_at = toRfc3339(createdAtMs);
  return { body: { id, org_id: orgId, name, prefix, scopes, created_at, key: made.secret } };
}

function inputOf(options: CreateOptions): NewKey | { problem: string } {
  const scopes = namesOf(options.scopes) ?? ["inference"];
  if (!scopes.every(isScope)) return { problem: `Scopes are ${SCOPES.join(", ")}.` };
  const expiresAtMs = options.expires === undefined ? null : Date.parse(options.expires);
  if (Number.isNaN(expiresAtMs)) return { problem: "--expires must be a time such as 2027-01-31T00:00:00Z." };
  return {
    name: options.name,
    orgId: options.org ?? DEFAULT_ORG_ID,
    scopes,
    allowedModels: namesOf(options.models) ?? null,
    allowedProviders: namesOf(options.providers) ?? null,
    expiresAtMs,
  };
}

function isScope(word: string): word is Scope {
  return SCOPES.some((scope) => scope === word);
}
