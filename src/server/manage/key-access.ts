import { type Caller, hasScope, SCOPES, type Scope } from "../../core/caller.ts";
import { type ApiError, apiError } from "../../core/errors.ts";
import type { Keys } from "../../keys/keys.ts";
import type { KeyRecord } from "../../keys/record.ts";

/** `SCOPES` is in rising order. */
const rank = (scope: Scope) => SCOPES.indexOf(scope);

function isAbove(caller: Caller, scopes: readonly Scope[]): boolean {
  const own = Math.max(...caller.scopes.map(rank));
  return scopes.some((scope) => rank(scope) > own);
}

/** Null = the caller may make or leave a key with these scopes. */
export function checkGrant(caller: Caller, scopes: readonly Scope[] | undefined): ApiError | null {
  if (scopes === undefined || !isAbove(caller, scopes)) return null;
  return apiError("insufficient_scope", "A key cannot grant a scope above its own.", { param: "scopes" });
}

/** A key the caller may see: of the own organization, or any for admins. */
export function visibleKey(keys: Keys, caller: Caller, id: string): KeyRecord | { refusal: ApiError } {
  const key = keys.get(id);
  if (key && (hasScope(caller, "admin") || key.orgId === caller.orgId)) return key;
  return { refusal: apiError("not_found", "There is no such key.") };
}

/** A key the caller may change. One with higher scopes is not: rotating it would tell its new secret. */
export function changeableKey(keys: Keys, caller: Caller, id: string): KeyRecord | { refusal: ApiError } {
  const key = visibleKey(keys, caller, id);
  if ("refusal" in key || !isAbove(caller, key.scopes)) return key;
  return { refusal: apiError("insufficient_scope", "This key has a scope above the caller's.") };
}
