import { hasScope } from "../../core/caller.ts";
import { apiError } from "../../core/errors.ts";
import { requestIdOf } from "../../core/ids.ts";
import { answer, refuse } from "../../gateway/answer.ts";
import type { Incoming } from "../../gateway/gateway.ts";
import { errorReply } from "../../gateway/reply.ts";
import { credentialOf } from "../credential.ts";
import { readRequestBody } from "../request-body.ts";
import type { Services } from "../services.ts";

/** Seconds a connection may be silent while nothing is being answered on it. */
export const IDLE_SECONDS = 30;

/** `POST /v1/chat/completions` and `POST /v1/embeddings`: who asks, how much may they send, then the gateway's story. */
export async function infer(
  services: Services,
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
  const incoming: Incoming = {
    sequence,
    id,
    caller,
    operation,
    timeMs,
    startedMs,
    signal: request.signal,
    beforeEnd: () => server.timeout(request, IDLE_SECONDS),
  };
  if (!hasScope(caller, "inference")) {
    return refuse(
      gateway,
      incoming,
      apiError("insufficient_scope", "This key lacks the scope `inference`."),
      null,
    );
  }
  const body = await readRequestBody(request, services.limits(), gateway.deadlines);
  if (typeof body !== "string") return refuse(gateway, incoming, body, null);
  server.timeout(request, 0);
  return answer(gateway, incoming, body);
}

/** One body for every key that may not pass, so that nothing can be learned from it. */
export function invalidKey() {
  return apiError(
    "invalid_api_key",
    "Missing or invalid API key. Send it as `Authorization: Bearer neu_live_…`.",
  );
}
