import { hasScope } from "../../core/caller.ts";
import { type ApiError, apiError } from "../../core/errors.ts";
import { requestIdOf } from "../../core/ids.ts";
import { answer, brokeDown, refuse } from "../../gateway/answer.ts";
import type { Incoming } from "../../gateway/gateway.ts";
import type { OpenRequests } from "../../gateway/open-requests.ts";
import { errorReply } from "../../gateway/reply.ts";
import { credentialOf } from "../credential.ts";
import { readRequestBody } from "../request-body.ts";
import type { Services } from "../services.ts";

/** Seconds a connection may be silent while nothing is being answered on it. */
export const IDLE_SECONDS = 30;

/** `POST /v1/chat/completions` and `POST /v1/embeddings`: who asks, how much may they send, then the gateway's story. */
export async function infer(
  services: Services,
  requests: OpenRequests,
  operation: Incoming["operation"],
  request: Request,
  server: Bun.Server<undefined>,
): Promise<Response> {
  const { gateway, numbers } = services;
  const startedMs = gateway.clock.monotonic();
  const sequence = numbers.next();
  const id = requestIdOf(sequence);
  const caller = services.verify(credentialOf(request.headers));
  if (!caller) return errorReply(invalidKey(), { "x-request-id": id, "x-nyuro-fallback-used": "false" });
  const timeMs = gateway.clock.now();
  services.noteUse(caller.keyId, timeMs);
  const open = requests.begin();
  request.signal.addEventListener("abort", () => open.breakOff("client_gone"));
  const incoming: Incoming = {
    sequence,
    id,
    caller,
    operation,
    maxCostUsd: request.headers.get("x-nyuro-max-cost-usd"),
    sessionId: request.headers.get("x-session-id"),
    timeMs,
    startedMs,
    open,
    beforeEnd: () => server.timeout(request, IDLE_SECONDS),
  };
  try {
    const body = await admitted(services, requests, incoming, request);
    if (typeof body !== "string") return await refuse(gateway, incoming, body, null);
    server.timeout(request, 0);
    return await answer(gateway, incoming, body);
  } catch (bug) {
    return await brokeDown(gateway, incoming, bug);
  }
}

/** The body of a request that may be answered, or why it may not. */
async function admitted(
  services: Services,
  requests: OpenRequests,
  { caller, open }: Incoming,
  request: Request,
): Promise<string | ApiError> {
  if (requests.isClosing) return apiError("shutting_down", "The gateway is stopping. Try again in a moment.");
  if (!hasScope(caller, "inference"))
    return apiError("insufficient_scope", "This key lacks the scope `inference`.");
  return await readRequestBody(request, services.limits(), services.gateway.deadlines, open);
}

/** One body for every key that may not pass, so that nothing can be learned from it. */
export function invalidKey(): ApiError {
  return apiError(
    "invalid_api_key",
    "Missing or invalid API key. Send it as `Authorization: Bearer neu_live_…`.",
  );
}
