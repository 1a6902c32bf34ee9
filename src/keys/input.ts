import { SCOPES, type Scope } from "../core/caller.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import type { RateLimit } from "../core/rate-limit.ts";
import { canBeBootstrapSecret } from "./secret.ts";

/** What can be said about a key, when it is made and later. Absent = the default, or unchanged. */
export interface KeyPatch {
  /** 1 to 200 characters. */
  name?: string;
  /** At least one; `[inference]` by default. */
  scopes?: readonly Scope[];
  /** null = all, the default. */
  allowedModels?: readonly string[] | null;
  /** null = all, the default. */
  allowedProviders?: readonly string[] | null;
  /** In the future; null = never, the default. */
  expiresAtMs?: number | null;
  /** At most 4,096 characters as JSON; `{}` by default. */
  metadata?: JsonObject;
  /** Given whole: what it does not name is not limited. null = none at all, the default. */
  rateLimit?: RateLimit | null;
}

export interface NewKey extends KeyPatch {
  name: string;
  orgId: string;
  /** Brought along for headless installs; absent = minted. */
  secret?: string;
}

/** A refusal ready for the client; `param` is the field as the HTTP API calls it. */
export interface KeyRefusal {
  refusal: ApiError;
}

export function refuse(param: string, message: string): KeyRefusal {
  return { refusal: apiError("invalid_request", message, { param }) };
}

export function conflict(message: string): KeyRefusal {
  return { refusal: apiError("conflict", message) };
}

export function unknownKey(): KeyRefusal {
  return { refusal: apiError("not_found", "There is no such key.") };
}

export const MAX_OVERLAP_SECONDS = 30 * 24 * 3600;
const MAX_NAMES = 1000;
const MAX_METADATA_CHARACTERS = 4096;
/** Above any real limit, far below where counting would be inexact. */
const HIGHEST_RATE = 1_000_000_000_000;

/** The first field that is wrong, or null. */
export function checkKeyPatch(patch: KeyPatch, nowMs: number): KeyRefusal | null {
  return (
    checkName(patch.name) ??
    checkScopes(patch.scopes) ??
    checkNames("allowed_models", patch.allowedModels) ??
    checkNames("allowed_providers", patch.allowedProviders) ??
    checkExpiry(patch.expiresAtMs, nowMs) ??
    checkMetadata(patch.metadata) ??
    checkRateLimit(patch.rateLimit)
  );
}

export function checkNewKey(input: NewKey, nowMs: number): KeyRefusal | null {
  if (input.secret !== undefined && !canBeBootstrapSecret(input.secret))
    return refuse("secret", "A given key must be neu_live_ followed by at least 32 URL-safe characters.");
  return input.name === undefined ? refuse("name", "A name is required.") : checkKeyPatch(input, nowMs);
}

export function checkOverlap(overlapSeconds: number): KeyRefusal | null {
  if (Number.isInteger(overlapSeconds) && overlapSeconds >= 0 && overlapSeconds <= MAX_OVERLAP_SECONDS)
    return null;
  return refuse(
    "overlap_seconds",
    `The overlap must be a whole number of seconds from 0 to ${MAX_OVERLAP_SECONDS}.`,
  );
}

export function checkName(name: string | undefined): KeyRefusal | null {
  if (name === undefined) return null;
  // Control characters would end up in terminals and log lines.
  if (typeof name === "string" && name.trim() !== "" && name.length <= 200 && !/\p{Cc}/u.test(name))
    return null;
  return refuse("name", "The name must have 1 to 200 characters, none of them a control character.");
}

function checkScopes(scopes: readonly Scope[] | undefined): KeyRefusal | null {
  if (scopes === undefined) return null;
  const wrong = scopes.findIndex(
    (scope, index) => !SCOPES.includes(scope) || scopes.indexOf(scope) !== index,
  );
  if (wrong >= 0)
    return refuse(`scopes[${wrong}]`, `Each scope must be one of ${SCOPES.join(", ")}, named once.`);
  return scopes.length === 0 ? refuse("scopes", "At least one scope is required.") : null;
}

function checkNames(param: string, names: readonly string[] | null | undefined): KeyRefusal | null {
  if (names === undefined || names === null) return null;
  if (names.length === 0) return refuse(param, "An empty list would allow nothing; null allows everything.");
  if (names.length > MAX_NAMES) return refuse(param, `At most ${MAX_NAMES} names are possible.`);
  const wrong = names.findIndex((name) => typeof name !== "string" || name === "" || name.length > 200);
  return wrong < 0 ? null : refuse(`${param}[${wrong}]`, "A name must have 1 to 200 characters.");
}

function checkExpiry(expiresAtMs: number | null | undefined, nowMs: number): KeyRefusal | null {
  if (expiresAtMs === undefined || expiresAtMs === null) return null;
  if (Number.isSafeInteger(expiresAtMs) && expiresAtMs > nowMs) return null;
  return refuse("expires_at", "The expiry must be in the future; to end a key now, revoke it.");
}

function checkMetadata(metadata: JsonObject | undefined): KeyRefusal | null {
  if (metadata === undefined) return null;
  if (!isObject(metadata)) return refuse("metadata", "The metadata must be an object.");
  if (JSON.stringify(metadata).length <= MAX_METADATA_CHARACTERS) return null;
  return refuse("metadata", `The metadata must not exceed ${MAX_METADATA_CHARACTERS} characters as JSON.`);
}

/** The first figure that is wrong, or null. */
export function checkRateLimit(limit: RateLimit | null | undefined): KeyRefusal | null {
  if (!limit) return null;
  return (
    checkFigure("rpm", limit.rpm) ??
    checkFigure("tpm", limit.tpm) ??
    checkFigure("max_parallel", limit.maxParallel)
  );
}

function checkFigure(name: string, figure: number | null): KeyRefusal | null {
  if (figure === null || (Number.isInteger(figure) && figure >= 0 && figure <= HIGHEST_RATE)) return null;
  return refuse(
    `rate_limit.${name}`,
    `\`rate_limit.${name}\` must be a whole number from 0 to ${HIGHEST_RATE}, or null for no limit.`,
  );
}
