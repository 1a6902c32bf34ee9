import { hasScope } from "../../core/caller.ts";
import { type ApiError, apiError } from "../../core/errors.ts";
import { requestIdOf } from "../../core/ids.ts";
import { answer, brokeDown, refuse } from "../../gateway/answer.ts";
import { askedOf } from "../../gateway/asked.ts";
import type { Incoming } from "../../gateway/gateway.ts";
import type { Idempotency } from "../../gateway/idempotency.ts";
import { leadOf } from "../../gateway/lead.ts";
import type { OpenRequests } from "../../gateway/open-requests.ts";
import { errorReply } from "../../gateway/reply.ts";
import { Transcript } from "../../gateway/transcript.ts";
import { callerOfCookie } from "../caller.ts";
import { credentialOf } from "../credential.ts";
import { readRequestBody } from "../request-body.ts";
import type { Services } from "../services.ts";

/** Seconds a connection may be silent while nothing is being answered on it. */
export const IDLE_SECONDS = 30;

/** What all inference requests of a server share. */
export interface Inference {
  services: Services;
  requests: OpenRequests;
  idempotency: Idempotency;
}

/** Learns that its client went away; what follows from that changes as the request goes on. */
interface Connection {
  onGone: () => void;
}

/** `POST /v1/chat/completions` and `POST /v1/embeddings`: who asks, how much may they send, then the gateway's story. */
export async function infer(
  inference: Inference,
  operation: Incoming["operation"],
  request: Request,
  server: Bun.Server<undefined>,
): Promise<Response> {
  const { services, requests } = inference;
  const { gateway, numbers } = services;
  const startedMs = gateway.clock.monotonic();
  const sequence = numbers.next();
  const id = requestIdOf(sequence);
  const timeMs = gateway.clock.now();
  let caller = services.verify(credentialOf(request.headers));
  if (caller) services.noteUse(caller.keyId, timeMs);
  else {
    const known = await callerOfCookie(services, request);
    if ("refusal" in known)
      return errorReply(known.refusal, { "x-request-id": id, "x-nyuro-fallback-used": "false" });
    ({ caller } = known);
  }
  const open = requests.begin();
  const connection: Connection = { onGone: () => open.breakOff("client_gone") };
  request.signal.addEventListener("abort", () => connection.onGone());
  if (request.signal.aborted) connection.onGone();
  const incoming: Incoming = {
    sequence,
    id,
    caller,
    operation,
    maxCostUsd: request.headers.get("x-nyuro-max-cost-usd"),
    sessionId: request.headers.get("x-session-id"),
    timeMs,
    startedMs,
    transcript: gateway.storesBodies(caller.orgId) ? new Transcript() : null,
    open,
    beforeEnd: () => server.timeout(request, IDLE_SECONDS),
  };
  try {
    const body = await admitted(services, requests, incoming, request);
    if (typeof body !== "string") return await refuse(gateway, incoming, body, null);
    incoming.transcript?.ask(body);
    server.timeout(request, 0);
    const idempotencyKey = request.headers.get("idempotency-key");
    if (idempotencyKey === null) return await answer(gateway, incoming, body);
    return await answerOnce(inference, incoming, { idempotencyKey, body }, connection);
  } catch (bug) {
    return await brokeDown(gateway, incoming, bug);
  }
}

/**
 * The answer to a request with an `Idempotency-Key`: the one that the same request was given or is being given, else
 * one of its own. It goes on for as long as anybody waits for it, and only who began it leaves a row.
 */
async function answerOnce(
  { services: { gateway }, idempotency }: Inference,
  incoming: Incoming,
  { idempotencyKey, body }: { idempotencyKey: string; body: string },
  connection: Connection,
): Promise<Response> {
  const { open, beforeEnd } = incoming;
  if (open.brokenBy) return answer(gateway, incoming, body);
  const asked = askedOf(incoming, idempotencyKey, body);
  if ("code" in asked) return refuse(gateway, incoming, asked, null);
  const found = idempotency.find(asked);
  if (found && "code" in found) return refuse(gateway, incoming, found, null);
  if (found) open.end();
  const shared = found ?? idempotency.begin(asked, leadOf(gateway, incoming, body));
  const listener = shared.listen(beforeEnd);
  connection.onGone = () => listener.leave();
  return listener.response();
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
