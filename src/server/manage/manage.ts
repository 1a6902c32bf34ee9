import { OpenAPIHono } from "@hono/zod-openapi";
import { type Caller, hasScope } from "../../core/caller.ts";
import { type ApiError, apiError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import type { Manage } from "../app.ts";
import { credentialOf } from "../credential.ts";
import { invalidKey } from "../openai/inference.ts";
import { readRequestBody } from "../request-body.ts";
import { addAudit } from "./audit.ts";
import { addCallingKey } from "./calling-key.ts";
import { addCatalog } from "./catalog.ts";
import { type ManageApp, type ManageParts, type Resource, refused } from "./contract.ts";
import { addDashboard } from "./dashboard.ts";
import { addDocument } from "./document.ts";
import { addGeneration } from "./generation.ts";
import { addKeyActions } from "./key-actions.ts";
import { addKeys } from "./keys.ts";
import { addLogs } from "./logs.ts";
import { mistakeOf } from "./mistakes.ts";
import { addOrgs } from "./orgs.ts";
import { addProviders } from "./providers.ts";
import { addRoute } from "./route.ts";
import { type ManageRoute, matchRoute } from "./routes.ts";
import { addRules } from "./rules.ts";

const MAX_BODY_BYTES = 2 ** 20;

/** One file each. The document comes last: it describes what was added before it. */
const RESOURCES: readonly Resource[] = [
  addKeys,
  addKeyActions,
  addOrgs,
  addCallingKey,
  addGeneration,
  addLogs,
  addDashboard,
  addCatalog,
  addRoute,
  addProviders,
  addRules,
  addAudit,
  addDocument,
];

/** The management API over its parts. Who may ask is decided here, from the one table, before anything is read. */
export function createManage(parts: ManageParts): Manage {
  const app: ManageApp = new OpenAPIHono({
    defaultHook: (result) => (result.success ? undefined : refused(mistakeOf(result.error))),
  });
  // Whoever called us logs it and answers 500; Hono itself would print the stack and answer in text.
  app.onError((error) => {
    throw error;
  });
  for (const add of RESOURCES) add(app, parts);
  return async (request, path, requestId) => {
    const match = matchRoute(request.method, path);
    if (match === null) return null;
    const reply =
      "allowed" in match
        ? refused(notAllowed(match.allowed))
        : await answer(app, parts, match.route, request, path);
    reply.headers.set("x-request-id", requestId);
    // A new secret must not stay in a cache on the way.
    reply.headers.set("cache-control", "no-store");
    return reply;
  };
}

async function answer(
  app: ManageApp,
  parts: ManageParts,
  route: ManageRoute,
  request: Request,
  path: string,
): Promise<Response> {
  const admitted = admit(parts, route, request);
  if ("refusal" in admitted) return refused(admitted.refusal);
  const rebuilt = await rebuild(parts, route, request, path);
  return rebuilt instanceof Request
    ? await app.fetch(rebuilt, { caller: admitted.caller })
    : refused(rebuilt);
}

const NOBODY: Caller = {
  keyId: "",
  orgId: "",
  scopes: [],
  allowedModels: [],
  allowedProviders: [],
  rateLimits: null,
};

function admit(
  { services }: ManageParts,
  { scope, orScope }: ManageRoute,
  request: Request,
): { caller: Caller } | { refusal: ApiError } {
  if (scope === null) return { caller: NOBODY };
  const caller = services.verify(credentialOf(request.headers));
  if (!caller) return { refusal: invalidKey() };
  services.noteUse(caller.keyId, services.gateway.clock.now());
  if (hasScope(caller, scope) || (orScope && hasScope(caller, orScope))) return { caller };
  return { refusal: apiError("insufficient_scope", `This key lacks the scope \`${scope}\`.`) };
}

/** The request as Hono sees it: the normalised path, and a body that is known to be JSON. */
async function rebuild(
  { services }: ManageParts,
  { method }: ManageRoute,
  request: Request,
  path: string,
): Promise<Request | ApiError> {
  const url = new URL(path, "http://nyuro");
  // An HTTP/1.0 request without a Host has a URL without an origin.
  url.search = new URL(request.url, url).search;
  if (method !== "post" && method !== "patch") return new Request(url.href, { method: method.toUpperCase() });
  const limits = { ...services.limits(), maxBodyBytes: MAX_BODY_BYTES };
  const text = await readRequestBody(request, limits, services.gateway.deadlines);
  if (typeof text !== "string") return text;
  const body = text.trim() === "" ? "{}" : text;
  if (parseJson(body) === undefined) return apiError("invalid_request", "The body is not valid JSON.");
  return new Request(url.href, {
    method: method.toUpperCase(),
    body,
    headers: { "content-type": "application/json" },
  });
}

function notAllowed(allowed: readonly string[]): ApiError {
  const methods = allowed.join(", ");
  return apiError("method_not_allowed", `Only ${methods} is possible here.`, { headers: { allow: methods } });
}
