import type { Deployment } from "../core/deployment.ts";
import { type Fault, fault } from "../core/faults.ts";
import type { JsonObject } from "../core/json.ts";
import type { Usage } from "../core/usage.ts";
import type {
  Attachment,
  Decoded,
  DecodeOptions,
  StreamReader,
  Target,
  Unsupported,
  WireRequest,
} from "../providers/contract.ts";
import type { Attachments } from "./attachments.ts";
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
  | { kind: "answer"; decoded: Decoded; wire: Changes; ttftMs: number; status: number }
  | { kind: "stream"; open: OpenStream; wire: Changes; ttftMs: number; status: number }
  /** `heard`: something of a response had arrived, so the provider may have worked. `usage`: what it says it did. */
  | { kind: "fault"; fault: Fault; wire: Changes; heard: boolean; usage: Usage | null };

/** Without the body, which would be kept as long as a stream runs. */
type Changes = Pick<WireRequest, "dropped" | "added">;
const UNCHANGED: Changes = { dropped: [], added: [] };

/** What a call needs to know besides where it goes. */
export interface CallInput {
  gateway: Gateway;
  request: ParsedRequest;
  /** `req_…` */
  requestId: string;
  operation: "chat" | "embeddings";
  /** What the request refers to by URL, fetched for the providers that do not. */
  attachments: Attachments;
  /** Costs a usage at the candidate's price; null = price unknown. */
  costOf: (usage: Usage) => number | null;
  /** Breaks the call off when the client goes away or the server stops. */
  open: { whenBroken(act: () => void): void };
}

/** What is fixed for one call. */
interface Calling extends CallInput {
  upstream: Upstream;
  deployment: Deployment;
  wire: WireRequest;
  timer: CallTimer;
  abort: () => void;
}

const HELD_EVENTS = 64;
const HELD_BYTES = 256 * 1024;
/** An error's words above this are not read; its status says what to do. */
const MAX_ERROR_BYTES = 1024 * 1024;

/**
 * One call to one candidate: everything until its whole answer, or until its first content, is here. What the network
 * does is a fault; what is thrown is a bug of ours.
 */
export async function call(input: CallInput, upstream: Upstream, deployment: Deployment): Promise<Called> {
  const { gateway } = input;
  const { provider } = upstream;
  const made = targetOf(input, upstream, deployment);
  const target = made instanceof Promise ? await made : made;
  if ("kind" in target) return notCalled(target);
  const wire = encode(input, upstream, target);
  if ("unsupported" in wire) return notCalled(unsupportedFault(wire));
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = new CallTimer(
    gateway,
    provider.timeouts,
    input.request.stream,
    (timeoutMs) => gateway.sender.probe(provider, timeoutMs),
    abort,
  );
  input.open.whenBroken(abort);
  try {
    const response = await gateway.sender.send(provider, wire, deployment.upstream, controller.signal);
    if (!(response instanceof Response)) return failed(timedOut(timer) ?? response, timer, wire);
    timer.answered();
    const headersMs = timer.elapsedMs();
    const { status } = response;
    const read =
      response.ok && !input.request.stream
        ? await readAnswer(response, input, upstream, optionsOf(input, wire, deployment), timer)
        : await readOther(response, { ...input, upstream, deployment, wire, timer, abort });
    if ("broken" in read) {
      abort();
      return failed(withStatus(read.broken, status), timer, wire, read.usage);
    }
    if ("kind" in read) {
      abort();
      return failed(withStatus(read, status), timer, wire, read.usage ?? null);
    }
    if ("upstream" in read) {
      timer.pause();
      return { kind: "stream", open: read, wire: changesOf(wire), ttftMs: timer.elapsedMs(), status };
    }
    timer.end();
    return { kind: "answer", decoded: read, wire: changesOf(wire), ttftMs: headersMs, status };
  } catch (bug) {
    timer.end();
    abort();
    throw bug;
  }
}

/** The whole answer of a call that does not stream: the common way. */
async function readAnswer(
  response: Response,
  input: CallInput,
  upstream: Upstream,
  options: DecodeOptions,
  timer: CallTimer,
): Promise<Decoded | Fault> {
  let text: string | Fault;
  try {
    text = await readText(response, MAX_REPLY_BYTES);
  } catch (error) {
    return breakOf(error, timer);
  }
  return typeof text === "string" ? decode(input, upstream, options, text) : text;
}

/** A refusal, or a stream up to its first content. */
async function readOther(response: Response, calling: Calling): Promise<OpenStream | Fault | Broken> {
  const { upstream, gateway } = calling;
  if (response.ok) return await open(response, calling);
  // The status says enough where its body cannot be read.
  const told = await readText(response, MAX_ERROR_BYTES).catch(() => "");
  const text = typeof told === "string" ? told : "";
  return upstream.dialect.fault(response.status, response.headers, text, gateway.clock.now());
}

/** A stream that failed before its first content, and what it had said of its usage. */
interface Broken {
  broken: Fault;
  usage: Usage | null;
}

function notCalled(cause: Fault): Called {
  return { kind: "fault", fault: cause, wire: UNCHANGED, heard: false, usage: null };
}

/** A fault found in an answer has the answer's status. */
function withStatus(cause: Fault, status: number): Fault {
  return { ...cause, status: cause.status ?? status };
}

const NO_ATTACHMENTS: ReadonlyMap<string, Attachment> = new Map();

/** What the dialect writes for; waits only where the provider wants files that the request names by URL. */
function targetOf(
  input: CallInput,
  { provider, dialect }: Upstream,
  deployment: Deployment,
): Target | Promise<Target | Fault> {
  const target: Target = {
    upstreamModel: deployment.upstream,
    quirks: provider.quirks,
    takesMetadata: provider.takesMetadata,
    maxOutputTokens: deployment.maxOutputTokens,
    attachments: NO_ATTACHMENTS,
  };
  if (deployment.declaredContext !== undefined) target.declaredContext = deployment.declaredContext;
  const urls = input.operation === "chat" ? dialect.urlsToFetch?.(input.request.body, target) : undefined;
  if (!urls || urls.length === 0) return target;
  return input.attachments
    .fetch(urls)
    .then((fetched) => ("kind" in fetched ? fetched : { ...target, attachments: fetched }));
}

function encode(input: CallInput, { dialect }: Upstream, target: Target): WireRequest | Unsupported {
  const body: Readonly<JsonObject> = input.request.body;
  return input.operation === "chat"
    ? dialect.encodeChat(body, target)
    : dialect.encodeEmbeddings(body, target);
}

function unsupportedFault({ unsupported, why }: Unsupported): Fault {
  const error = { message: why, type: null, param: unsupported, code: "unsupported_parameter" };
  return fault("unsupported", `cannot be sent to this provider: ${unsupported}`, { error });
}

function optionsOf(
  { request, requestId, gateway, costOf }: CallInput,
  { reading }: WireRequest,
  { model }: Deployment,
): DecodeOptions {
  const options: DecodeOptions = { model, id: requestId, createdS: Math.floor(gateway.clock.now() / 1000) };
  if (reading) options.reading = reading;
  if (request.wantsCost) options.costOf = costOf;
  return options;
}

function decode(
  { operation, request }: CallInput,
  { dialect }: Upstream,
  options: DecodeOptions,
  text: string,
): Decoded | Fault {
  return operation === "chat"
    ? dialect.decodeChat(text, options)
    : dialect.decodeEmbeddings(text, { ...options, encoding: request.encoding });
}

function changesOf({ dropped, added }: WireRequest): Changes {
  return { dropped, added };
}

function failed(cause: Fault, timer: CallTimer, wire: Changes, usage: Usage | null = null): Called {
  timer.end();
  return { kind: "fault", fault: cause, wire, heard: timer.heard, usage };
}

/** What a timer broke off is a timeout, whatever error the break surfaced as. */
function timedOut(timer: CallTimer): Fault | null {
  const { expired } = timer;
  if (expired === null) return null;
  return fault("timeout", `gave up: ${expired} timeout`, { unreached: expired === "connect" });
}

/** The connection broke while the body was being read. */
export function breakOf(error: unknown, timer: CallTimer): Fault {
  const expired = timedOut(timer);
  if (expired) return expired;
  const cause = error instanceof Error ? `${"code" in error ? String(error.code) : error.name}` : "unknown";
  return fault("interrupted", `the response broke off: ${cause}`);
}

/** Not `application/x-ndjson`, which is Ollama's stream. */
const NOT_A_STREAM = /\bjson|html/i;

/** Reads until the first content, holding back what comes before it, so that an early error still falls back. */
async function open(response: Response, calling: Calling): Promise<OpenStream | Fault | Broken> {
  const { request, upstream: target, deployment, timer, abort } = calling;
  const contentType = response.headers.get("content-type") ?? "";
  if (NOT_A_STREAM.test(contentType)) return notAStream(response, calling);
  if (!response.body) return fault("malformed", "a stream without a body");
  const upstream = response.body.getReader();
  const options = optionsOf(calling, calling.wire, deployment);
  const reader = target.dialect.streamReader({ ...options, showUsage: request.showUsage });
  const opened: OpenStream = { upstream, reader, timer, abort, head: "", fault: null, ended: false };
  while (true) {
    const next = await upstream.read().catch((error) => breakOf(error, timer));
    if ("kind" in next) return { broken: next, usage: reader.usage };
    const { done, value } = next;
    const piece = done ? reader.close() : reader.read(latin1Of(value));
    opened.head += piece.out;
    opened.ended = done;
    opened.fault = piece.fault;
    if (piece.fault && !reader.hasContent) return { broken: piece.fault, usage: reader.usage };
    if (reader.doneEvent !== null && reader.eventCount === 0)
      return fault("malformed", "a stream of nothing but [DONE]");
    const full = reader.eventCount > HELD_EVENTS || opened.head.length > HELD_BYTES;
    if (reader.hasContent || reader.doneEvent !== null || done || full) return opened;
  }
}

/** A stream was asked for and something else came: an error in a 200, a whole answer, a page. None of it is a stream. */
async function notAStream(response: Response, calling: Calling): Promise<Fault> {
  const { upstream, deployment, timer, wire } = calling;
  const text = await readText(response, MAX_REPLY_BYTES).catch((error) => breakOf(error, timer));
  if (typeof text !== "string") return text;
  const decoded = upstream.dialect.decodeChat(text, optionsOf(calling, wire, deployment));
  if ("kind" in decoded && decoded.error) return decoded;
  return fault("malformed", `asked for a stream, got ${response.headers.get("content-type")}`);
}

export function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
