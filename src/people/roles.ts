import type { Scope } from "../core/caller.ts";
import { DEFAULT_ORG_ID } from "../store/orgs-table.ts";

/** What a member may be, the most powerful first. */
export const ROLES = ["owner", "admin", "billing", "developer", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** Something a role may do that its scopes do not say: read budgets, and so what is left of them. */
export type Right = "budgets";

export interface RolePowers {
  /** As a key's. */
  scopes: readonly Scope[];
  /** Beyond the scopes. */
  rights: readonly Right[];
}

/** What each role may do in its organization: the only place that says so. */
const POWERS: Record<Role, RolePowers> = {
  owner: { scopes: ["inference", "manage"], rights: [] },
  admin: { scopes: ["inference", "manage"], rights: [] },
  billing: { scopes: ["read"], rights: ["budgets"] },
  developer: { scopes: ["inference", "read"], rights: [] },
  viewer: { scopes: ["read"], rights: [] },
};

/** The owner of the organization that every store begins with is the operator. */
export function powersOf(role: Role, orgId: string): RolePowers {
  return role === "owner" && orgId === DEFAULT_ORG_ID ? { scopes: ["admin"], rights: [] } : POWERS[role];
}

export function isRole(word: string): word is Role {
  return ROLES.some((role) => role === word);
}
