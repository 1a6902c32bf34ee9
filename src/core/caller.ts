import type { CallerLimits } from "./rate-limit.ts";

/** `manage` includes `read`; `admin` is the operator: everything, all orgs. */
export type Scope = "inference" | "read" | "manage" | "admin";
export const SCOPES: readonly Scope[] = ["inference", "read", "manage", "admin"];

/** Who is asking, once a key was verified. Lives in memory; never holds the secret. */
export interface Caller {
  keyId: string;
  orgId: string;
  scopes: readonly Scope[];
  /** Canonical model ids (or aliases) this key may use; null = all. */
  allowedModels: readonly string[] | null;
  /** Provider ids this key may use; null = all. */
  allowedProviders: readonly string[] | null;
  /** Its key's and its organization's; null = neither has any, the usual case. */
  rateLimits: CallerLimits | null;
}

/** True if any of the caller's scopes grants what `needed` grants. */
export function hasScope(caller: Caller, needed: Scope): boolean {
  return caller.scopes.some(
    (scope) => scope === needed || scope === "admin" || (scope === "manage" && needed === "read"),
  );
}
