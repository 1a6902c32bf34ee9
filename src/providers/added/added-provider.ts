import type { ProviderConfig } from "../../config/config.ts";
import { isObject, type JsonObject, parseJson } from "../../core/json.ts";
import type { ProviderRow } from "../../store/tables.ts";
import { checkBody, originOfSettings } from "./check.ts";
import { joinBody, type Secrets } from "./provider-body.ts";
import { seal, unseal } from "./seal.ts";

/** A provider that was added by API. Immutable; replaced when it changes. */
export interface AddedProvider {
  readonly id: string;
  /** In the words of the configuration file, without anything secret. */
  readonly settings: JsonObject;
  /** Never shown or logged. null = they cannot be decrypted. */
  readonly secrets: Secrets | null;
  /** All of it, secrets too; null = it cannot be used. */
  readonly config: ProviderConfig | null;
  /** Why it cannot be used, as a sentence for the operator; null = it can. */
  readonly problem: string | null;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

const CANNOT_DECRYPT =
  "Its secrets cannot be decrypted: they were stored with another NYURO_SECRET, or for another address. Give `api_key` anew.";

/** Reads a row. Nothing in the database is believed: what does not hold together is unusable, and says why. */
export function addedProviderOf(row: ProviderRow, key: Uint8Array): AddedProvider {
  const stored = parseJson(row.settings);
  const settings = isObject(stored) ? { ...stored, id: row.id } : { id: row.id };
  const times = { createdAtMs: row.created_at_ms, changedAtMs: row.changed_at_ms };
  const secrets = secretsOf(row, settings, key);
  const plain = { id: row.id, settings, secrets, ...times };
  if (secrets === null) return { ...plain, config: null, problem: CANNOT_DECRYPT };
  const checked = checkBody(joinBody(settings, secrets), null);
  return "refusal" in checked
    ? { ...plain, config: null, problem: checked.refusal.message }
    : { ...plain, config: checked.config, problem: null };
}

function secretsOf(row: ProviderRow, settings: JsonObject, key: Uint8Array): Secrets | null {
  if (row.secrets === null) return {};
  const origin = originOfSettings(settings);
  const opened = origin === null ? null : unseal(key, { id: row.id, origin }, row.secrets);
  if (opened === null) return null;
  const texts = Object.entries(opened).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(texts);
}

/** What is written of it: secrets only sealed, for the origin they were given for. */
export function providerRowOf(added: AddedProvider, origin: string, key: Uint8Array): ProviderRow {
  const { id, settings, secrets } = added;
  const isEmpty = secrets === null || Object.keys(secrets).length === 0;
  return {
    id,
    settings: JSON.stringify(settings),
    secrets: isEmpty ? null : seal(key, { id, origin }, secrets),
    created_at_ms: added.createdAtMs,
    changed_at_ms: added.changedAtMs,
  };
}
