import { hasScope } from "../core/caller.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import { requestIdOf } from "../core/ids.ts";
import { describe, internalError } from "../gateway/answer.ts";
import { Idempotency } from "../gateway/idempotency.ts";
import { OpenRequests } from "../gateway/open-requests.ts";
import { errorReply } from "../gateway/reply.ts";
import { callerOf } from "./caller.ts";
import type { ServeConsole } from "./console/serve-console.ts";
import { preflight, withCors } from "./cors.ts";
import { IDLE_SECONDS, type Inference, infer } from "./openai/inference.ts";
import { getModel, listModels } from "./openai/models.ts";
import { pathOf, withoutApiPrefix } from "./paths.ts";
import type { Services } from "./services.ts";

/** The management API: answers what is under `/api/v1` and `/openapi.json`; null = not one of its routes. */
export type Manage = (
  request: Request,
  path: string,
  requestId: string,
  /** Of the client's socket; null = unknown. */
  address: string | null,
  /** Aborted when the server stops: what has no end ends then. */
  closing: AbortSignal,
) => Promise<Response | null>;
/** Prometheus text. */
export type RenderMetrics = () => Promise<{ body: string; contentType: string }>;

export interface AppParts {
  services: Services;
  manage: Manage;
  renderMetrics: RenderMetrics;
  serveConsole: ServeConsole;
}

export interface Listening {
  url: string;
  /** Requests being answered just now. */
  openRequests(): number;
  /**
   * Stops accepting and waits for what is in flight up to `drainMs`. What takes longer is told so in its own form (an
   * error event, a 503), then cut. Resolves when the last row is written.
   */
  stop(drainMs: number): Promise<void>;
}

type Serving = AppParts & Inference & { closing: AbortSignal };

type Handler = (request: Request, server: Bun.Server<undefined>) => Response | Promise<Response>;

/** Every route that carries inference, in one list. They match the raw path, so they decide nothing by URL. */
const INFERENCE = [
  ["/v1/chat/completions", "chat"],
  ["/api/v1/chat/completions", "chat"],
  ["/v1/embeddings", "embeddings"],
  ["/api/v1/embeddings", "embeddings"],
] as const;

/** Far above our own limit, which answers; this one only resets the connection. */
const HARD_BODY_LIMIT = 2 ** 40;

export function listen(parts: AppParts, options: { host: string; port: number }): Listening {
  const { services } = parts;
  const requests = new OpenRequests();
  const idempotency = new Idempotency(services.gateway.clock);
  const closing = new AbortController();
  const serving: Serving = { ...parts, requests, idempotency, closing: closing.signal };
  const routes: Record<string, Handler> = {};
  for (const [path, operation] of INFERENCE) {
    routes[path] = guarded(services, (request, server) => inference(serving, operation, request, server));
  }
  const server = Bun.serve({
    hostname: options.host,
    port: options.port,
    routes,
    fetch: guarded(services, (request, bun) => dispatch(serving, request, bun)),
    idleTimeout: IDLE_SECONDS,
    maxRequestBodySize: HARD_BODY_LIMIT,
    development: false,
    // Bun lets several processes share one port where `development` is off: a second gateway would take half the calls.
    reusePort: false,
  });
  return {
    url: `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${server.port}`,
    openRequests: () => requests.size,
    stop: (drainMs) => {
      closing.abort();
      return stop(server, requests, drainMs);
    },
  };
}

/** How long after being told that we stop a client may take to read it. */
const FAREWELL_MS = 2_000;

/** Ends with no request open: each has its row. */
async function stop(server: Bun.Server<undefined>, requests: OpenRequests, drainMs: number): Promise<void> {
  requests.isClosing = true;
  const drained = server.stop();
  let farewell: ReturnType<typeof setTimeout> | undefined;
  const late = setTimeout(() => {
    requests.breakOffAll("shutting_down");
    farewell = setTimeout(() => void server.stop(true), FAREWELL_MS);
  }, drainMs);
  await drained;
  clearTimeout(late);
  clearTimeout(farewell);
  await requests.whenNone();
}

/** A bug in any route becomes a plain 500 with an id; what happened is in our log only. */
function guarded(services: Services, handle: Handler): Handler {
  return async (request, server) => {
    try {
      const { corsOrigins } = services.limits();
      if (corsOrigins.length === 0) return await handle(request, server);
      return preflight(request, corsOrigins) ?? withCors(request, await handle(request, server), corsOrigins);
    } catch (error) {
      const requestId = requestIdOf(services.numbers.next());
      services.gateway.log.error({ request: requestId, error: describe(error) }, "internal error");
      return errorReply(internalError(requestId), { "x-request-id": requestId });
    }
  };
}

function inference(
  serving: Serving,
  operation: "chat" | "embeddings",
  request: Request,
  server: Bun.Server<undefined>,
) {
  return request.method === "POST"
    ? infer(serving, operation, request, server)
    : refusal(serving.services, notAllowed("POST"));
}

/** Everything that is not hot. One normalised path decides both who may and who answers. */
async function dispatch(parts: Serving, request: Request, server: Bun.Server<undefined>): Promise<Response> {
  const { services } = parts;
  const path = pathOf(request.url);
  if (path === null) return refusal(services, apiError("invalid_request", "The request URL cannot be read."));
  const plane = withoutApiPrefix(path);
  const hot = INFERENCE.find(([hotPath]) => hotPath === path);
  if (hot) return inference(parts, hot[1], request, server);
  if (path === "/healthz") return getOnly(services, request, () => Response.json({ status: "ok" }));
  if (path === "/readyz") return getOnly(services, request, () => readiness(services));
  if (path === "/metrics") return getOnly(services, request, () => metrics(parts, request));
  if (plane === "/v1/models" || plane.startsWith("/v1/models/")) {
    return getOnly(services, request, () => models(services, request, plane));
  }
  const page = await parts.serveConsole(request, path);
  if (page) return page;
  const requestId = requestIdOf(services.numbers.next());
  const address = server.requestIP(request)?.address ?? null;
  const managed = await parts.manage(request, path, requestId, address, parts.closing);
  return (
    managed ?? errorReply(apiError("not_found", "There is no such route."), { "x-request-id": requestId })
  );
}

function refusal(services: Services, error: ApiError): Response {
  return errorReply(error, { "x-request-id": requestIdOf(services.numbers.next()) });
}

function notAllowed(allowed: string): ApiError {
  return apiError("method_not_allowed", `Only ${allowed} is possible here.`, { headers: { allow: allowed } });
}

async function getOnly(
  services: Services,
  request: Request,
  handle: () => Response | Promise<Response>,
): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") return refusal(services, notAllowed("GET"));
  const reply = await handle();
  if (!reply.headers.has("x-request-id"))
    reply.headers.set("x-request-id", requestIdOf(services.numbers.next()));
  return reply;
}

async function readiness(services: Services): Promise<Response> {
  const missing = await services.notReady();
  return missing === null
    ? Response.json({ status: "ready" })
    : Response.json({ status: "not ready", missing }, { status: 503 });
}

async function metrics({ services, renderMetrics }: AppParts, request: Request): Promise<Response> {
  if (!services.limits().publicMetrics) {
    const known = await callerOf(services, request);
    if ("refusal" in known) return refusal(services, known.refusal);
    if (!hasScope(known.caller, "admin"))
      return refusal(services, apiError("insufficient_scope", "This key lacks the scope `admin`."));
  }
  const { body, contentType } = await renderMetrics();
  return new Response(body, { headers: { "content-type": contentType } });
}

async function models(services: Services, request: Request, path: string): Promise<Response> {
  const known = await callerOf(services, request);
  if ("refusal" in known) return refusal(services, known.refusal);
  const { caller } = known;
  const requestId = requestIdOf(services.numbers.next());
  const { catalog } = services.gateway.snapshot();
  if (path === "/v1/models") return listModels(caller, catalog, requestId);
  return getModel(decoded(path.slice("/v1/models/".length)), caller, catalog, requestId);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
