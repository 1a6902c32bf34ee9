import type { Scope } from "../../core/caller.ts";
import type { Right } from "../../people/roles.ts";

export interface ManageRoute {
  method: "get" | "post" | "patch" | "delete";
  /** As OpenAPI writes it: `/api/v1/keys/{id}`. */
  path: string;
  /** What the key must grant; null = no key is asked for. */
  scope: Scope | null;
  /** Grants it too. */
  orScope?: Scope;
  /** Only for somebody who is signed in, whatever their role: a key is not asked for and does not do. */
  signedIn?: true;
  /** A right of a role that opens it too. */
  orRight?: Right;
  /** It makes something, once for each `Idempotency-Key`; `secret` = the answer tells a secret. */
  once?: "secret" | "plain";
  /** Its body is a table, not JSON. */
  isCsv?: true;
}

/** Every route of the management API and who may use it: the only place that says so. */
export const ROUTES = {
  listKeys: { method: "get", path: "/api/v1/keys", scope: "manage" },
  createKey: { method: "post", path: "/api/v1/keys", scope: "manage", once: "secret" },
  getKey: { method: "get", path: "/api/v1/keys/{id}", scope: "manage" },
  updateKey: { method: "patch", path: "/api/v1/keys/{id}", scope: "manage" },
  revokeKey: { method: "delete", path: "/api/v1/keys/{id}", scope: "manage" },
  rotateKey: { method: "post", path: "/api/v1/keys/{id}/rotate", scope: "manage", once: "secret" },
  listOrgs: { method: "get", path: "/api/v1/orgs", scope: "admin" },
  createOrg: { method: "post", path: "/api/v1/orgs", scope: "admin", once: "plain" },
  updateOrg: { method: "patch", path: "/api/v1/orgs/{id}", scope: "admin" },
  eraseBodies: { method: "delete", path: "/api/v1/orgs/{id}/bodies", scope: "admin" },
  listBudgets: { method: "get", path: "/api/v1/budgets", scope: "manage", orRight: "budgets" },
  listAlerts: { method: "get", path: "/api/v1/alerts", scope: "read" },
  callingKey: { method: "get", path: "/api/v1/key", scope: "read" },
  credits: { method: "get", path: "/api/v1/credits", scope: "read" },
  generation: { method: "get", path: "/api/v1/generation", scope: "read" },
  listLogs: { method: "get", path: "/api/v1/logs", scope: "read" },
  // Before what any name would be an id of.
  logFacets: { method: "get", path: "/api/v1/logs/facets", scope: "read" },
  streamLogs: { method: "get", path: "/api/v1/logs/stream", scope: "read" },
  getLog: { method: "get", path: "/api/v1/logs/{id}", scope: "read" },
  dashboard: { method: "get", path: "/api/v1/metrics/dashboard", scope: "read" },
  breakdown: { method: "get", path: "/api/v1/metrics/breakdown", scope: "read" },
  bill: { method: "get", path: "/api/v1/bill", scope: "read" },
  reconcileBill: { method: "post", path: "/api/v1/bill/reconcile", scope: "admin", isCsv: true },
  catalog: { method: "get", path: "/api/v1/catalog", scope: "read" },
  route: { method: "post", path: "/api/v1/route", scope: "read", orScope: "inference" },
  listProviders: { method: "get", path: "/api/v1/providers", scope: "admin" },
  createProvider: { method: "post", path: "/api/v1/providers", scope: "admin", once: "plain" },
  updateProvider: { method: "patch", path: "/api/v1/providers/{id}", scope: "admin" },
  deleteProvider: { method: "delete", path: "/api/v1/providers/{id}", scope: "admin" },
  drainProvider: { method: "post", path: "/api/v1/providers/{id}/drain", scope: "admin" },
  resetProvider: { method: "post", path: "/api/v1/providers/{id}/reset", scope: "admin" },
  tryProvider: { method: "post", path: "/api/v1/providers/test", scope: "admin" },
  testProvider: { method: "post", path: "/api/v1/providers/{id}/test", scope: "admin" },
  listRules: { method: "get", path: "/api/v1/rules", scope: "admin" },
  modelLists: { method: "get", path: "/api/v1/lists", scope: "admin" },
  dryRunRule: { method: "post", path: "/api/v1/rules/dry-run", scope: "admin" },
  listAudit: { method: "get", path: "/api/v1/audit", scope: "admin" },
  listMembers: { method: "get", path: "/api/v1/members", scope: "manage" },
  addMember: { method: "post", path: "/api/v1/members", scope: "admin" },
  updateMember: { method: "patch", path: "/api/v1/members/{id}", scope: "manage" },
  removeMember: { method: "delete", path: "/api/v1/members/{id}", scope: "manage" },
  listInvitations: { method: "get", path: "/api/v1/invitations", scope: "manage" },
  createInvitation: { method: "post", path: "/api/v1/invitations", scope: "manage", once: "secret" },
  revokeInvitation: { method: "delete", path: "/api/v1/invitations/{id}", scope: "manage" },
  acceptInvitation: { method: "post", path: "/api/v1/invitations/accept", scope: null },
  makeConsoleLink: { method: "post", path: "/api/v1/console/link", scope: "admin", once: "secret" },
  setUpConsole: { method: "post", path: "/api/v1/console/setup", scope: null },
  signIn: { method: "post", path: "/api/v1/session", scope: null },
  getSession: { method: "get", path: "/api/v1/session", scope: null, signedIn: true },
  moveSession: { method: "patch", path: "/api/v1/session", scope: null, signedIn: true },
  signOut: { method: "delete", path: "/api/v1/session", scope: null, signedIn: true },
  changePassword: { method: "post", path: "/api/v1/session/password", scope: null, signedIn: true },
  listSessions: { method: "get", path: "/api/v1/sessions", scope: null, signedIn: true },
  revokeOtherSessions: { method: "delete", path: "/api/v1/sessions", scope: null, signedIn: true },
  revokeSession: { method: "delete", path: "/api/v1/sessions/{id}", scope: null, signedIn: true },
  openapi: { method: "get", path: "/openapi.json", scope: null },
} as const satisfies Record<string, ManageRoute>;

export type RouteName = keyof typeof ROUTES;

/** A route, or the methods that a known path does take; null = no such path. */
export type Match = { route: ManageRoute } | { allowed: readonly string[] } | null;

/**
 * Finds the route of a normalised path. Nothing we name needs percent-encoding, so an encoded path is no route of
 * ours: what is authorised here and what is routed later can never be two readings of one path.
 */
export function matchRoute(method: string, path: string): Match {
  if (path.includes("%")) return null;
  const found: ManageRoute[] = Object.values(ROUTES).filter((route) => fits(route.path, path));
  if (found.length === 0) return null;
  const wanted = method === "HEAD" ? "get" : method.toLowerCase();
  const route = found.find((it) => it.method === wanted);
  return route ? { route } : { allowed: [...new Set(found.map((it) => it.method.toUpperCase()))] };
}

function fits(template: string, path: string): boolean {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return false;
  return wanted.every((segment, index) => {
    return segment.startsWith("{") ? given[index] !== "" : segment === given[index];
  });
}
