import type { Scope } from "../core/caller.ts";
import { randomId } from "../core/ids.ts";
import type { JsonObject } from "../core/json.ts";
import type { RateLimit } from "../core/rate-limit.ts";
import type { KeyRow } from "../store/tables.ts";
import type { KeyPatch, NewKey } from "./input.ts";
import { rateLimitOf, rateLimitText, readRateLimit } from "./rate-limit.ts";

/** A key as it may be shown: all of it but the secret, which nobody has. Immutable; replaced when it changes. */
export interface KeyRecord {
  readonly id: string;
  readonly orgId: string;
  readonly name: string;
  /** The first characters of the newest secret. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  /** Canonical model ids or aliases; null = all. */
  readonly allowedModels: readonly string[] | null;
  /** Provider ids; null = all. */
  readonly allowedProviders: readonly string[] | null;
  /** null = never. */
  readonly expiresAtMs: number | null;
  readonly createdAtMs: number;
  /** null = never used. Up to ten seconds old after a crash. */
  readonly lastUsedAtMs: number | null;
  /** null = not revoked. */
  readonly revokedAtMs: number | null;
  readonly metadata: Readonly<JsonObject>;
  /** Of this key alone; null = none. */
  readonly rateLimit: RateLimit | null;
}

export function keyRowOf(key: KeyRecord): KeyRow {
  return {
    id: key.id,
    org_id: key.orgId,
    name: key.name,
    prefix: key.prefix,
    scopes: JSON.stringify(key.scopes),
    allowed_models: listText(key.allowedModels),
    allowed_providers: listText(key.allowedProviders),
    expires_at_ms: key.expiresAtMs,
    created_at_ms: key.createdAtMs,
    last_used_at_ms: key.lastUsedAtMs,
    revoked_at_ms: key.revokedAtMs,
    metadata: JSON.stringify(key.metadata),
    rate_limit: rateLimitText(key.rateLimit),
  };
}

/** Trusts the row: only this module's own output was ever written. */
export function keyRecordOf(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    orgId: row.org_id,
    name: row.name,
    prefix: row.prefix,
    scopes: JSON.parse(row.scopes),
    allowedModels: row.allowed_models === null ? null : JSON.parse(row.allowed_models),
    allowedProviders: row.allowed_providers === null ? null : JSON.parse(row.allowed_providers),
    expiresAtMs: row.expires_at_ms,
    createdAtMs: row.created_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
    revokedAtMs: row.revoked_at_ms,
    metadata: JSON.parse(row.metadata),
    rateLimit: readRateLimit(row.rate_limit),
  };
}

function listText(list: readonly string[] | null): string | null {
  return list === null ? null : JSON.stringify(list);
}

export function newRecord(input: NewKey, prefix: string, nowMs: number): KeyRecord {
  return {
    id: randomId("key"),
    orgId: input.orgId,
    name: input.name,
    prefix,
    scopes: [...(input.scopes ?? ["inference" as const])],
    allowedModels: input.allowedModels ?? null,
    allowedProviders: input.allowedProviders ?? null,
    expiresAtMs: input.expiresAtMs ?? null,
    createdAtMs: nowMs,
    lastUsedAtMs: null,
    revokedAtMs: null,
    metadata: input.metadata ?? {},
    rateLimit: rateLimitOf(input.rateLimit),
  };
}

/** The patch twice: for memory and for the table. */
export function changesOf(patch: KeyPatch): { facts: Partial<KeyRecord>; columns: Partial<KeyRow> } {
  const { name, scopes, allowedModels, allowedProviders, expiresAtMs, metadata } = patch;
  const rateLimit = patch.rateLimit === undefined ? undefined : rateLimitOf(patch.rateLimit);
  return {
    facts: {
      ...(name !== undefined && { name }),
      ...(scopes !== undefined && { scopes }),
      ...(allowedModels !== undefined && { allowedModels }),
      ...(allowedProviders !== undefined && { allowedProviders }),
      ...(expiresAtMs !== undefined && { expiresAtMs }),
      ...(metadata !== undefined && { metadata }),
      ...(rateLimit !== undefined && { rateLimit }),
    },
    columns: {
      ...(name !== undefined && { name }),
      ...(scopes !== undefined && { scopes: JSON.stringify(scopes) }),
      ...(allowedModels !== undefined && { allowed_models: listText(allowedModels) }),
      ...(allowedProviders !== undefined && { allowed_providers: listText(allowedProviders) }),
      ...(expiresAtMs !== undefined && { expires_at_ms: expiresAtMs }),
      ...(metadata !== undefined && { metadata: JSON.stringify(metadata) }),
      ...(rateLimit !== undefined && { rate_limit: rateLimitText(rateLimit) }),
    },
  };
}
