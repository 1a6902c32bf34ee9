import { OpenAPIHono } from "@hono/zod-openapi";
import { type Caller, hasScope } from "../../core/caller.ts";
import { type ApiError, apiError } from "../../core/errors.ts";
import { isTooDeep, parseJson } from "../../core/json.ts";
import { hasRight, notSignedIn } from "../../people/person.ts";
import type { Manage } from "../app.ts";
import { checkBrowser, clientOf, originOf, sessionTokenOf } from "../browser.ts";
import { callerOf, type Known } from "../caller.ts";
import { readRequestBody } from "../request-body.ts";
import { addAlerts } from "./alerts.ts";
import { addAudit } from "./audit.ts";
import { addBill } from "./bill.ts";
import { addBreakdown } from "./breakdown.ts";
import { addBudgets } from "./budgets.ts";
import { addCallingKey } from "./calling-key.ts";
import { addCatalog } from "./catalog.ts";
import { addConsoleSetup } from "./console-setup.ts";
import { type ManageApp, type ManageParts, type Resource, refused, type Visit } from "./contract.ts";
import { addDashboard } from "./dashboard.ts";
import { addDocument } from "./document.ts";
import { addDryRun } from "./dry-run.ts";
import { addGeneration } from "./generation.ts";
import { Idempotency } from "./idempotency.ts";
import { addInvitations } from "./invitations.ts";
import { addKeyActions } from "./key-actions.ts";
import { addKeys } from "./keys.ts";
import { addLists } from "./lists.ts";
import { addLogs } from "./logs.ts";
import { addMembers } from "./members.ts";
import { mistakeOf } from "./mistakes.ts";
import { addOrgs } from "./orgs.ts";
import { addProviderChanges } from "./provider-changes.ts";
import { addProviderTests } from "./provider-tests.ts";
import { addProviders } from "./providers.ts";
import { addReconcile } from "./reconcile.ts";
import { addRoute } from "./route.ts";
import { type ManageRoute, matchRoute } from "./routes.ts";
import { addRules } from "./rules.ts";
import { addSession } from "./session.ts";
import { addSessions } from "./sessions.ts";

const MAX_BODY_BYTES = 2 ** 20;
const MAX_CSV_BYTES = 8 * 2 ** 20;

/** One file each. The document comes last: it describes what was added before it. */
const RESOURCES: readonly Resource[] = [
  addKeys,
  addKeyActions,
  addOrgs,
  addBudgets,
  addAlerts,
  addCallingKey,
  addGeneration,
  addLogs,
  addDashboard,
  addBreakdown,
  addBill,
  addReconcile,
  addCatalog,
  addRoute,
  addProviders,
  addProviderTests,
  addProviderChanges,
  addRules,
  addDryRun,
  addLists,
  addAudit,
  addMembers,
  addInvitations,
  addConsoleSetup,
  addSession,
  addSessions,
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
  const once = new Idempotency(parts.services.gateway.clock);
  return async (request, path, requestId, address, closing) => {
    const match = matchRoute(request.method, path);
    if (match === null) return null;
    const reply =
      "allowed" in match
        ? refused(notAllowed(match.allowed))
        : await answer({ app, parts, once }, match.route, { request, path, address, closing });
    reply.headers.set("x-request-id", requestId);
    // A new secret must not stay in a cache on the way.
    reply.headers.set("cache-control", "no-store");
    return reply;
  };
}

interface Managing {
  app: ManageApp;
  parts: ManageParts;
  once: Idempotency;
}

/** A request, and how it came. */
interface Coming {
  request: Request;
  path: string;
  address: string | null;
  closing: AbortSignal;
}

async function answer({ app, parts, once }: Managing, route: ManageRoute, coming: Coming): Promise<Response> {
  const { request, path } = coming;
  const admitted = await admit(parts, route, request);
  if ("refusal" in admitted) return refused(admitted.refusal);
  const { caller, person } = admitted;
  const rebuilt = await rebuild(parts, route, request, path);
  if (!("request" in rebuilt)) return refused(rebuilt);
  const visit = visitOf(parts, route, coming, caller);
  const make = async () => await app.fetch(rebuilt.request, { caller, person, visit });
  const idempotencyKey = request.headers.get("idempotency-key");
  if (route.once === undefined || idempotencyKey === null) return make();
  const asked = [route.method, rebuilt.request.url, rebuilt.body];
  return once.answer(
    { callerId: caller.keyId, idempotencyKey, asked, isSecret: route.once === "secret" },
    make,
  );
}

function visitOf(
  parts: ManageParts,
  route: ManageRoute,
  { request, address, closing }: Coming,
  caller: Caller,
): Visit {
  const origin = originOf(request, parts.services.reached());
  return {
    ...{ sessionToken: sessionTokenOf(request.headers), client: clientOf(request, address), origin },
    async mayGoOn() {
      if (closing.aborted) return false;
      const again = await admit(parts, route, request);
      return "caller" in again && seesSame(again.caller, caller);
    },
  };
}

function seesSame(a: Caller, b: Caller): boolean {
  return a.orgId === b.orgId && hasScope(a, "admin") === hasScope(b, "admin");
}

const NOBODY: Caller = {
  keyId: "",
  orgId: "",
  scopes: [],
  allowedModels: [],
  allowedProviders: [],
  rateLimits: null,
};

async function admit(
  { services }: ManageParts,
  { scope, orScope, orRight, signedIn }: ManageRoute,
  request: Request,
): Promise<Known | { refusal: ApiError }> {
  if (scope === null && !signedIn) {
    // What needs no key makes a session: no other site may do that in a visitor's name.
    const foreign = request.method === "POST" ? checkBrowser(request, services.reached(), false) : null;
    return foreign ? { refusal: foreign } : { caller: NOBODY, person: null };
  }
  const known = await callerOf(services, request);
  if ("refusal" in known) return signedIn ? asNobody(known.refusal) : known;
  const { caller, person } = known;
  if (signedIn) return person ? known : { refusal: notSignedIn() };
  if (person === null) services.noteUse(caller.keyId, services.gateway.clock.now());
  if (scope && hasScope(caller, scope)) return known;
  if ((orScope && hasScope(caller, orScope)) || (orRight && person && hasRight(person, orRight)))
    return known;
  const asker = person ? `Your role, ${person.role},` : "This key";
  return { refusal: apiError("insufficient_scope", `${asker} lacks the scope \`${scope}\`.`) };
}

/** Where only a session does, a bad key is nobody as well. */
function asNobody(refusal: ApiError): { refusal: ApiError } {
  return { refusal: refusal.code === "invalid_api_key" ? notSignedIn() : refusal };
}

/** The request as Hono sees it: the normalised path, and a body that is known to be JSON, or is a table. */
async function rebuild(
  { services }: ManageParts,
  { method, isCsv }: ManageRoute,
  request: Request,
  path: string,
): Promise<{ request: Request; body: string } | ApiError> {
  const url = new URL(path, "http://nyuro");
  // An HTTP/1.0 request without a Host has a URL without an origin.
  url.search = new URL(request.url, url).search;
  if (method !== "post" && method !== "patch")
    return {
      request: new Request(url.href, { method: method.toUpperCase(), headers: resumed(request) }),
      body: "",
    };
  const limits = { ...services.limits(), maxBodyBytes: isCsv ? MAX_CSV_BYTES : MAX_BODY_BYTES };
  const text = await readRequestBody(request, limits, services.gateway.deadlines);
  if (typeof text !== "string") return text;
  if (isCsv) {
    const csv = { method: "POST", body: text, headers: { "content-type": "text/csv" } };
    return { request: new Request(url.href, csv), body: text };
  }
  const body = text.trim() === "" ? "{}" : text;
  const value = parseJson(body);
  if (value === undefined) return apiError("invalid_request", "The body is not valid JSON.");
  if (isTooDeep(value, body.length)) return apiError("invalid_request", "The body is nested too deeply.");
  const headers = new Headers({ "content-type": "application/json" });
  // The only header that changes what a route answers: `POST /route` explains a capped request as it would be sent.
  const cap = request.headers.get("x-nyuro-max-cost-usd");
  if (cap !== null) headers.set("x-nyuro-max-cost-usd", cap);
  return { request: new Request(url.href, { method: method.toUpperCase(), body, headers }), body };
}

/** Where a client that listens has got to: the one header that a route asks for. */
function resumed({ headers }: Request): Record<string, string> {
  const lastEventId = headers.get("last-event-id");
  return lastEventId === null ? {} : { "last-event-id": lastEventId };
}

function notAllowed(allowed: readonly string[]): ApiError {
  const methods = allowed.join(", ");
  return apiError("method_not_allowed", `Only ${methods} is possible here.`, { headers: { allow: methods } });
}
