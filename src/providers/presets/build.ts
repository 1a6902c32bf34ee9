import type { DialectId, Preset, Provider, Timeouts } from "../contract.ts";
import { addressOf } from "./address.ts";
import { DIALECT_IDS, DIALECT_WAYS, type Ways } from "./dialect-ways.ts";
import { credentialsOf } from "./login.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** Why a provider cannot be built: a sentence without secrets. */
export interface ProviderProblem {
  problem: string;
}

export const DEFAULT_TIMEOUTS: Timeouts = Object.freeze({
  connectMs: 5_000,
  firstContentMs: 120_000,
  idleMs: 60_000,
  totalMs: 600_000,
});

/**
 * The preset, or a server of the operator's own, with its settings filled in and every default applied. `place` is how
 * a sentence about it begins: `providers[2]`; absent = `provider <id>`.
 */
export function buildProvider(
  settings: ProviderSettings,
  preset: Preset | null,
  place = `provider ${settings.id}`,
): Provider | ProviderProblem {
  const problem = (lack: string): ProviderProblem => ({ problem: `${place} ${lack}` });
  const dialect = dialectOf(settings, preset);
  if (dialect === null)
    return problem(`speaks the dialect ${settings.dialect}, which is not one of ${DIALECT_IDS.join(", ")}`);
  const ways = waysOf(dialect, preset);
  const address = addressOf(settings, preset, dialect, ways);
  if ("lack" in address) return problem(address.lack);
  const { login } = ways;
  const credentials = login ? credentialsOf(login, settings.auth, settings.apiKey !== null) : null;
  if (credentials !== null && "lack" in credentials) return problem(credentials.lack);
  return {
    id: settings.id,
    presetId: preset?.id ?? null,
    ...address,
    auth: credentials === null ? ways.auth : { kind: "credentials" },
    apiKey: settings.apiKey,
    credentials,
    headers: lowerCased(ways.headers ?? {}, settings.headers),
    local: settings.local ?? preset?.local ?? false,
    takesMetadata: settings.takesMetadata ?? preset?.takesMetadata ?? false,
    ...(ways.embeddingBatch === undefined ? {} : { embeddingBatch: ways.embeddingBatch }),
    timeouts: { ...DEFAULT_TIMEOUTS, ...told(settings.timeouts) },
  };
}

/** Where its calls go, told without any credential: `https://api.openai.com`. */
export function originOf(settings: ProviderSettings, preset: Preset | null): string | ProviderProblem {
  const dialect = dialectOf(settings, preset);
  if (dialect === null) return { problem: "speaks an unknown dialect" };
  const address = addressOf(settings, preset, dialect, waysOf(dialect, preset));
  return "lack" in address ? { problem: address.lack } : new URL(address.baseUrl).origin;
}

function dialectOf({ dialect }: ProviderSettings, preset: Preset | null): DialectId | null {
  const wanted = dialect ?? preset?.dialect ?? "openai";
  return DIALECT_IDS.find((known) => known === wanted) ?? null;
}

/** A preset's ways belong to its dialect: told another one, it is greeted like any server of that. */
function waysOf(dialect: DialectId, preset: Preset | null): Ways {
  return preset !== null && preset.dialect === dialect ? preset : DIALECT_WAYS[dialect];
}

/** Header names are lower-cased, so that a later one replaces an earlier one however it was written. */
function lowerCased(...sources: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const source of sources) {
    for (const [name, value] of Object.entries(source)) headers[name.toLowerCase()] = value;
  }
  return headers;
}

function told(timeouts: Partial<Timeouts>): Partial<Timeouts> {
  return Object.fromEntries(Object.entries(timeouts).filter(([, ms]) => ms !== undefined));
}
