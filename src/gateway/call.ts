import type { Deployment } from "../core/deployment.ts";
import { type Fault, fault } from "../core/faults.ts";
import type { JsonObject } from "../core/json.ts";
import type { Usage } from "../core/usage.ts";
import type { Decoded, StreamReader, WireRequest } from "../providers/contract.ts";
import { MAX_REPLY_BYTES, readText } from "./body.ts";
import { CallTimer } from "./call-timer.ts";
import type { Gateway, Upstream } from "./gateway.ts";
import type { ParsedRequest } from "./parse.ts";

/** A stream whose first content has arrived: from here on there is no other candidate. */
export interface OpenStream {
  upstream: Pick<ReadableStreamDefaultReader<Uint8Array>, "read" | "cancel">;
  reader: StreamReader;
  timer: CallTimer;
  /** Closes the upstream connection. */
  abort: () => void;
  /** What was held back until now, latin1. */
  head: string;
  /** The stream already failed behind its first content. */
  fault: Fault | null;
  /** The upstream has already ended. */
  ended: boolean;
}

export type Called =
  | { kind: "answer"; decoded: Decoded; wire: WireRequest; ttftMs: number; status: number }
  | { kind: "stream"; open: OpenStream; wire: WireRequest; ttftMs: number; status: number }
  | { kind: "fault"; fault: Fault; wire: WireRequest };

/** What a call needs to know besides where it goes. */
export interface CallInput {
  gateway: Gateway;
  request: ParsedRequest;
  operation: "chat" | "embeddings";
  /** Costs a usage at the candidate's price; null = price unknown. */
  costOf: (usage: Usage) => number | null;
  /** Registers how to break the call off when the client goes away. */
  onClientGone: (abort: (() => void) | null) => void;
}

const HELD_EVENTS = 64;
const HELD_BYTES = 256 * 1024;

/** One call to one candidate: everything until its whole answer, or until its first content, is here. */
export async function call(input: CallInput, upstream: Upstream, deployment: Deployment): Promise<Called> {
  const { gateway, request } = input;
  const { provider, dialect } = upstream;
  const wire = encode(input, upstream, deployment);
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = new CallTimer(
    gateway,
    provider.timeouts,
    request.stream,
    (timeoutMs) => gateway.sender.probe(provider, timeoutMs),
    abort,
  );
  input.onClientGone(abort);
  const startedMs = gateway.clock.monotonic();
  try {
    const response = await gateway.sender.send(provider, wire, deployment.upstream, controller.signal);
    if ("kind" in response) return broken(response, timer, wire);
    timer.answered();
    const ttft = () => gateway.clock.monotonic() - startedMs;
    if (!response.ok) {
      const body = await readText(response, MAX_REPLY_BYTES);
      const text = typeof body === "string" ? body : "";
      return broken(dialect.fault(response.status, response.headers, text, gateway.clock.now()), timer, wire);
    }
    if (request.stream) {
      const opened = await open(response, input, upstream, deployment, timer, abort);
      if ("kind" in opened) return broken(opened, timer, wire);
      return { kind: "stream", open: opened, wire, ttftMs: ttft(), status: response.status };
    }
    const ttftMs = ttft();
    const text = await readText(response, MAX_REPLY_BYTES);
    if (typeof text !== "string") return broken(text, timer, wire);
    const decoded = decode(input, upstream, deployment, text);
    if ("kind" in decoded)
      return broken({ ...decoded, status: decoded.status ?? response.status }, timer, wire);
    timer.end();
    return { kind: "answer", decoded, wire, ttftMs, status: response.status };
  } catch (error) {
    return broken(breakOf(error, timer), timer, wire);
  }
}

function encode(input: CallInput, { provider, dialect }: Upstream, deployment: Deployment): WireRequest {
  const target = {
    upstreamModel: deployment.upstream,
    quirks: provider.quirks,
    takesMetadata: provider.takesMetadata,
  };
  const body: Readonly<JsonObject> = input.request.body;
  return input.operation === "chat"
    ? dialect.encodeChat(body, target)
    : dialect.encodeEmbeddings(body, target);
}

function decode(
  input: CallInput,
  { dialect }: Upstream,
  deployment: Deployment,
  text: string,
): Decoded | Fault {
  const options = { model: deployment.model, ...(input.request.wantsCost ? { costOf: input.costOf } : {}) };
  return input.operation === "chat"
    ? dialect.decodeChat(text, options)
    : dialect.decodeEmbeddings(text, { ...options, encoding: input.request.encoding });
}

/** A call that ended badly. What a timer or the client broke off is a timeout, whatever error the break surfaced as. */
function broken(cause: Fault, timer: CallTimer, wire: WireRequest): Called {
  timer.end();
  if (timer.expired)
    return { kind: "fault", fault: fault("timeout", `gave up: ${timer.expired} timeout`), wire };
  return { kind: "fault", fault: cause, wire };
}

/** The connection broke while the body was being read. */
export function breakOf(error: unknown, timer: CallTimer): Fault {
  if (timer.expired) return fault("timeout", `gave up: ${timer.expired} timeout`);
  const cause = error instanceof Error ? `${"code" in error ? String(error.code) : error.name}` : "unknown";
  return fault("interrupted", `the response broke off: ${cause}`);
}

/** Reads until the first content, holding back what comes before it, so that an early error still falls back. */
async function open(
  response: Response,
  input: CallInput,
  { dialect }: Upstream,
  deployment: Deployment,
  timer: CallTimer,
  abort: () => void,
): Promise<OpenStream | Fault> {
  const contentType = response.headers.get("content-type") ?? "";
  if (/json|html/i.test(contentType)) return notAStream(response, dialect, deployment);
  if (!response.body) return fault("malformed", "a stream without a body");
  const upstream = response.body.getReader();
  const { request, costOf } = input;
  const reader = dialect.streamReader({
    model: deployment.model,
    showUsage: request.showUsage,
    ...(request.wantsCost ? { costOf } : {}),
  });
  const opened: OpenStream = { upstream, reader, timer, abort, head: "", fault: null, ended: false };
  while (true) {
    const { done, value } = await upstream.read();
    const piece = done ? reader.close() : reader.read(latin1Of(value));
    opened.head += piece.out;
    opened.ended = done;
    opened.fault = piece.fault;
    if (piece.fault && !reader.hasContent) {
      if (!done) abort();
      return piece.fault;
    }
    const full = reader.eventCount > HELD_EVENTS || opened.head.length > HELD_BYTES;
    if (reader.hasContent || reader.doneEvent !== null || done || full) return opened;
  }
}

/** A stream was asked for and something else came: an error in a 200, a whole answer, a page. None of it is a stream. */
async function notAStream(
  response: Response,
  dialect: Upstream["dialect"],
  deployment: Deployment,
): Promise<Fault> {
  const text = await readText(response, MAX_REPLY_BYTES);
  if (typeof text !== "string") return text;
  const decoded = dialect.decodeChat(text, { model: deployment.model });
  if ("kind" in decoded && decoded.error) return decoded;
  return fault("malformed", `asked for a stream, got ${response.headers.get("content-type")}`, {
    status: response.status,
  });
}

export function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
