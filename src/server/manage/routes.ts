import type { Scope } from "../../core/caller.ts";

export interface ManageRoute {
  method: "get" | "post" | "patch" | "delete";
  /** As OpenAPI writes it: `/api/v1/keys/{id}`. */
  path: string;
  /** What the key must grant; null = no key is asked for. */
  scope: Scope | null;
  /** Grants it too. */
  orScope?: Scope;
}

/** Every route of the management API and who may use it: the only place that says so. */
export const ROUTES = {
  listKeys: { method: "get", path: "/api/v1/keys", scope: "manage" },
  createKey: { method: "post", path: "/api/v1/keys", scope: "manage" },
  getKey: { method: "get", path: "/api/v1/keys/{id}", scope: "manage" },
  updateKey: { method: "patch", path: "/api/v1/keys/{id}", scope: "manage" },
  revokeKey: { method: "delete", path: "/api/v1/keys/{id}", scope: "manage" },
  rotateKey: { method: "post", path: "/api/v1/keys/{id}/rotate", scope: "manage" },
  listOrgs: { method: "get", path: "/api/v1/orgs", scope: "admin" },
  createOrg: { method: "post", path: "/api/v1/orgs", scope: "admin" },
  updateOrg: { method: "patch", path: "/api/v1/orgs/{id}", scope: "admin" },
  callingKey: { method: "get", path: "/api/v1/key", scope: "read" },
  credits: { method: "get", path: "/api/v1/credits", scope: "read" },
  generation: { method: "get", path: "/api/v1/generation", scope: "read" },
  listLogs: { method: "get", path: "/api/v1/logs", scope: "read" },
  getLog: { method: "get", path: "/api/v1/logs/{id}", scope: "read" },
  dashboard: { method: "get", path: "/api/v1/metrics/dashboard", scope: "read" },
  catalog: { method: "get", path: "/api/v1/catalog", scope: "read" },
  route: { method: "post", path: "/api/v1/route", scope: "read", orScope: "inference" },
  listProviders: { method: "get", path: "/api/v1/providers", scope: "admin" },
  drainProvider: { method: "post", path: "/api/v1/providers/{id}/drain", scope: "admin" },
  testProvider: { method: "post", path: "/api/v1/providers/{id}/test", scope: "admin" },
  listRules: { method: "get", path: "/api/v1/rules", scope: "admin" },
  listAudit: { method: "get", path: "/api/v1/audit", scope: "admin" },
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
  return route ? { route } : { allowed: found.map((it) => it.method.toUpperCase()) };
}

function fits(template: string, path: string): boolean {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return false;
  return wanted.every((segment, index) => {
    return segment.startsWith("{") ? given[index] !== "" : segment === given[index];
  });
}
