import type { Scope } from "../core/caller.ts";
import type { Role } from "../people/roles.ts";

/** Who may use a route, and the least that makes it answer. */
export interface AccessRule {
  /** The scopes that open it, each by itself; null = no key is asked for, `session` = none does, but any session. */
  opens: readonly Scope[] | "session" | null;
  /** Roles of the default organization that open it as well. */
  alsoRoles?: readonly Role[];
  /** What its address names: something of one organization, or what is no organization's. Absent = nothing. */
  names?: "an organization's" | "everybody's";
  /** Absent = `{}` where a body is taken; a text goes as it is. */
  body?: Readonly<Record<string, unknown>> | string;
  /** What the query must say; absent = nothing. */
  query?: string;
  /** It tells of the key that asks: a session has none, and gets 404. */
  isOfKeys?: true;
  /** 200 unless told. */
  status?: number;
  /** What the least is refused with, where it is refused whoever asks. */
  code?: string;
}

const INFERENCE: readonly Scope[] = ["inference", "admin"];
const READ: readonly Scope[] = ["read", "manage", "admin"];
const MANAGE: readonly Scope[] = ["manage", "admin"];
const ADMIN: readonly Scope[] = ["admin"];
const ANY_KEY: readonly Scope[] = ["inference", "read", "manage", "admin"];

const ONE = "an organization's";
const SHARED = "everybody's";

const CHAT = { model: "m", messages: [{ role: "user", content: "Hello" }] };
const PROVIDER = {
  id: "added",
  dialect: "openai",
  base_url: "https://models.example/v1",
  api_key: "sk-a-key",
};

const PASSWORD = "a long enough password";
const JOINING = { token: "no-token", name: "New", email: "new@x.test", password: PASSWORD };

/**
 * A second opinion on who may use what, written down by hand and apart from the route list: a route that is served
 * and not here fails a test, and so does one that answers anybody else. By method and path as OpenAPI writes it.
 */
export const ACCESS_RULES: Readonly<Record<string, AccessRule>> = {
  "GET /api/v1/keys": { opens: MANAGE },
  "POST /api/v1/keys": { opens: MANAGE, body: { name: "made" }, status: 201 },
  "GET /api/v1/keys/{id}": { opens: MANAGE, names: ONE },
  "PATCH /api/v1/keys/{id}": { opens: MANAGE, names: ONE },
  "DELETE /api/v1/keys/{id}": { opens: MANAGE, names: ONE },
  "POST /api/v1/keys/{id}/rotate": { opens: MANAGE, names: ONE, status: 201 },
  "GET /api/v1/orgs": { opens: ADMIN },
  "POST /api/v1/orgs": { opens: ADMIN, body: { name: "made" }, status: 201 },
  "PATCH /api/v1/orgs/{id}": { opens: ADMIN, names: SHARED },
  "DELETE /api/v1/orgs/{id}/bodies": { opens: ADMIN, names: SHARED },
  "GET /api/v1/budgets": { opens: MANAGE, alsoRoles: ["billing"] },
  "GET /api/v1/key": { opens: READ, isOfKeys: true },
  "GET /api/v1/credits": { opens: READ },
  "GET /api/v1/generation": { opens: READ, names: ONE },
  "GET /api/v1/logs": { opens: READ },
  "GET /api/v1/logs/{id}": { opens: READ, names: ONE },
  "GET /api/v1/logs/facets": { opens: READ },
  "GET /api/v1/logs/stream": { opens: READ },
  "GET /api/v1/metrics/dashboard": { opens: READ },
  "GET /api/v1/metrics/breakdown": { opens: READ },
  "GET /api/v1/alerts": { opens: READ },
  "GET /api/v1/bill": { opens: READ },
  "POST /api/v1/bill/reconcile": {
    opens: ADMIN,
    query: "provider=box",
    body: "date,model,requests\n2026-11-22,m,1\n",
  },
  "GET /api/v1/catalog": { opens: READ },
  "POST /api/v1/route": { opens: ANY_KEY, body: CHAT },
  "GET /api/v1/providers": { opens: ADMIN },
  "POST /api/v1/providers": { opens: ADMIN, body: PROVIDER, status: 201 },
  "PATCH /api/v1/providers/{id}": { opens: ADMIN, names: SHARED },
  "DELETE /api/v1/providers/{id}": { opens: ADMIN, names: SHARED },
  "POST /api/v1/providers/{id}/drain": { opens: ADMIN, names: SHARED, body: { drain: false } },
  "POST /api/v1/providers/test": { opens: ADMIN, body: PROVIDER },
  "POST /api/v1/providers/{id}/reset": { opens: ADMIN, names: SHARED },
  "POST /api/v1/providers/{id}/test": { opens: ADMIN, names: SHARED },
  "GET /api/v1/rules": { opens: ADMIN },
  "GET /api/v1/lists": { opens: ADMIN },
  "POST /api/v1/rules/dry-run": { opens: ADMIN, body: { rule: { name: "draft", then: { deny: "No." } } } },
  "GET /api/v1/audit": { opens: ADMIN },
  "GET /api/v1/members": { opens: MANAGE },
  "POST /api/v1/members": { opens: ADMIN, body: { email: "guest@x.test", role: "viewer" }, status: 201 },
  "PATCH /api/v1/members/{id}": { opens: MANAGE, names: ONE, body: { role: "viewer" } },
  "DELETE /api/v1/members/{id}": { opens: MANAGE, names: ONE },
  "GET /api/v1/invitations": { opens: MANAGE },
  "POST /api/v1/invitations": { opens: MANAGE, body: { role: "viewer" }, status: 201 },
  "DELETE /api/v1/invitations/{id}": { opens: MANAGE, names: ONE },
  "POST /api/v1/invitations/accept": { opens: null, body: JOINING, status: 410, code: "link_ended" },
  "POST /api/v1/console/link": { opens: ADMIN, status: 201 },
  "POST /api/v1/console/setup": { opens: null, body: JOINING, status: 410, code: "link_ended" },
  "POST /api/v1/session": {
    opens: null,
    body: { email: "nobody@x.test", password: "a guess" },
    status: 401,
    code: "wrong_credentials",
  },
  "GET /api/v1/session": { opens: "session" },
  "PATCH /api/v1/session": { opens: "session", body: { org_id: "org_default" } },
  "DELETE /api/v1/session": { opens: "session" },
  "POST /api/v1/session/password": {
    opens: "session",
    body: { current_password: PASSWORD, new_password: PASSWORD },
  },
  "GET /api/v1/sessions": { opens: "session" },
  "DELETE /api/v1/sessions": { opens: "session" },
  "DELETE /api/v1/sessions/{id}": { opens: "session", names: ONE },
  "GET /openapi.json": { opens: null },
  "POST /v1/chat/completions": { opens: INFERENCE, body: CHAT },
  "POST /v1/embeddings": { opens: INFERENCE, body: { model: "m", input: "Hello" } },
  "GET /v1/models": { opens: ANY_KEY },
  "GET /v1/models/{id}": { opens: ANY_KEY, names: SHARED },
  "GET /metrics": { opens: ADMIN },
  "GET /healthz": { opens: null },
  "GET /readyz": { opens: null },
};
