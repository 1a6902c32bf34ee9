import type { Caller } from "../core/caller.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import type { RateLimit } from "../core/rate-limit.ts";
import { insertAudit } from "../store/audit-table.ts";
import type { Write } from "../store/group-commit.ts";
import type { Queries } from "../store/tables.ts";
import { powersOf, type Right, type Role } from "./roles.ts";

/** An organization as one of its members sees it. */
export interface Membership {
  orgId: string;
  orgName: string;
  role: Role;
}

/** Somebody who is signed in, looking at one of their organizations. */
export interface Person extends Membership {
  sessionId: string;
  user: { id: string; name: string; email: string };
  memberships: readonly Membership[];
}

/** The person as everybody knows callers. The user's id stands where a key's would: in the ledger, in the audit log. */
export function callerOf({ user, orgId, role }: Person, orgLimit: RateLimit | null): Caller {
  return {
    keyId: user.id,
    orgId,
    scopes: powersOf(role, orgId).scopes,
    allowedModels: null,
    allowedProviders: null,
    rateLimits: orgLimit && { key: null, org: orgLimit },
  };
}

export function hasRight({ role, orgId }: Person, right: Right): boolean {
  return powersOf(role, orgId).rights.includes(right);
}

export type Refusal = { refusal: ApiError };

export function notSignedIn(): ApiError {
  return apiError("not_signed_in", "Nobody is signed in, or the session has ended.");
}

export interface Noted {
  timeMs: number;
  /** User or key id; null = the operator at the machine. */
  actor: string | null;
  orgId: string | null;
  action: string;
  object: string;
  /** Never a secret. */
  details: object;
}

/** An entry of the audit log, for the same transaction as what it tells of. */
export function note(queries: Queries, { timeMs, actor, orgId, details, ...what }: Noted): Write {
  return insertAudit(queries, {
    ...what,
    time_ms: timeMs,
    actor_key_id: actor,
    org_id: orgId,
    details: JSON.stringify(details),
  });
}
