import type { FaultKind } from "../core/faults.ts";
import type { Timeouts } from "../providers/contract.ts";
import type { Resolve } from "../providers/pins.ts";
import { completion, deltaEvent, streamEvents } from "./openai-replies.ts";
import type { Answer, Script } from "./scripted-upstream.ts";

/** One way for a first candidate to fail, and what must follow from it. */
export interface FaultCase {
  name: string;
  script?: Script;
  /** Done once the client has read something. */
  afterFirstBytes?: (answer: Answer) => void;
  /** Absent = in streams and in whole answers alike. */
  only?: "stream" | "whole";
  /** What the attempt is called; null = it is no fault, the answer comes through. */
  fault: FaultKind | null;
  /** The client's status when nobody else is left; absent = 502. */
  status?: number;
  /** The client's error code when nobody else is left; absent = `all_candidates_failed`. */
  code?: string;
  /** `retry-after` in seconds; absent = none. */
  retryAfter?: string;
  /** Calls to the candidate; absent = 1. */
  calls?: number;
  /** Fails behind the first content: told in band, nobody else is called. */
  inBand?: true;
  /** An error's words that the client may read; absent = none of the upstream's. */
  told?: string;
  timeouts?: Partial<Timeouts>;
  baseUrl?: string;
  /** Called by TLS, answered in plain text. */
  speaksTls?: true;
  resolve?: Resolve;
  probe?: () => Promise<boolean>;
}

/** Quotes what must never be seen: the credential it was called with and its own address. */
function failing(
  status: number,
  error: Record<string, unknown>,
  headers: Record<string, string> = {},
): Script {
  return ({ headers: asked }, answer) => {
    const message = `${error.message ?? "no"}: key ${asked.authorization} at http://${asked.host}/v1`;
    answer.json(status, { error: { type: null, param: null, code: null, ...error, message } }, headers);
  };
}

const plain = (status: number, headers?: Record<string, string>) => failing(status, {}, headers);

/** Hands both kinds of request their own answer. */
function byMode(stream: (answer: Answer) => void, whole: (answer: Answer) => void): Script {
  return ({ body }, answer) => (body.stream === true ? stream(answer) : whole(answer));
}

const started = (answer: Answer, ...events: string[]) => {
  answer.startStream();
  for (const event of events) answer.chunk(event);
};
const WORDS = streamEvents("up", ["Hel", "lo"]);
const ROLE = WORDS[0] ?? "";
const BEGUN = WORDS.slice(0, 3);
const errorEvent = (error: Record<string, unknown>) => `data: ${JSON.stringify({ error })}\n\n`;
const wholeText = JSON.stringify(completion("up", "hello"));
const head = (headers: string) => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`;
const megabyte = "x".repeat(2 ** 20);
const huge = (answer: Answer) => {
  answer.raw(head("content-type: application/json\r\ntransfer-encoding: chunked"));
  for (let i = 0; i < 70; i++) answer.chunk(megabyte);
  answer.endStream();
};
const bigEvent = deltaEvent("up", { content: megabyte.repeat(10) });

const SHORT: Partial<Timeouts> = { connectMs: 60, firstContentMs: 120, idleMs: 120, totalMs: 240 };
const SHORT_IDLE: Partial<Timeouts> = { idleMs: 120, totalMs: 5_000 };
const hang: Script = () => {};

/** The connection never comes to an answer. */
const CONNECTIONS: readonly FaultCase[] = [
  { name: "connection refused", baseUrl: "http://127.0.0.1:1/v1", fault: "network", calls: 0 },
  {
    name: "DNS failure",
    baseUrl: "http://no-such-host.test:81/v1",
    resolve: async () => {
      throw new Error("getaddrinfo ENOTFOUND no-such-host.test");
    },
    fault: "network",
    calls: 0,
  },
  {
    name: "a protocol that is no HTTP",
    script: (_, to) => to.raw("\x16\x03\x01 not http\r\n\r\n"),
    fault: "malformed",
  },
  {
    name: "a banner of another protocol",
    script: (_, to) => to.raw("SSH-2.0-OpenSSH_9\r\n"),
    fault: "malformed",
  },
  { name: "silence before the headers", script: hang, fault: "timeout", status: 504, timeouts: SHORT },
  {
    name: "a connection that cannot be made",
    script: hang,
    probe: async () => false,
    fault: "timeout",
    status: 504,
    timeouts: { connectMs: 60 },
  },
  { name: "TLS with a server that speaks none", speaksTls: true, fault: "network", calls: 0 },
  { name: "FIN before any byte", script: (_, to) => to.cut(), fault: "network", calls: 2 },
  { name: "RST before any byte", script: (_, to) => to.reset(), fault: "network", calls: 2 },
];

/** Answers that are no success. */
const STATUSES: readonly FaultCase[] = [
  {
    name: "400",
    script: failing(400, { message: "bad stop", param: "stop", code: "bad_stop" }),
    fault: "bad_request",
    status: 400,
    code: "bad_stop",
    told: "bad stop",
  },
  { name: "413", script: plain(413), fault: "bad_request", status: 413, code: "invalid_request", told: "no" },
  { name: "422", script: plain(422), fault: "bad_request", status: 422, code: "invalid_request", told: "no" },
  {
    name: "400 for its content",
    script: failing(400, { code: "content_policy_violation" }),
    fault: "content_refused",
    status: 400,
    code: "content_policy_violation",
    told: "no",
  },
  {
    name: "400 for its length",
    script: failing(400, { code: "context_length_exceeded" }),
    fault: "context_too_long",
    status: 400,
    code: "context_length_exceeded",
    told: "no",
  },
  { name: "401", script: plain(401), fault: "upstream_auth" },
  { name: "402", script: plain(402), fault: "upstream_auth" },
  { name: "403", script: plain(403), fault: "upstream_auth" },
  { name: "404", script: plain(404), fault: "model_missing" },
  { name: "408", script: plain(408), fault: "timeout", status: 504 },
  {
    name: "429 with retry-after",
    script: plain(429, { "retry-after": "7" }),
    fault: "rate_limited",
    status: 429,
    retryAfter: "7",
  },
  { name: "429 without", script: plain(429), fault: "rate_limited", status: 429, retryAfter: "5" },
  {
    name: "429 for a spent quota",
    script: failing(429, { code: "insufficient_quota" }),
    fault: "upstream_auth",
  },
  { name: "500", script: plain(500), fault: "overloaded", status: 503 },
  { name: "503", script: plain(503), fault: "overloaded", status: 503 },
  { name: "529", script: plain(529), fault: "overloaded", status: 503 },
  { name: "a redirect 302", script: plain(302, { location: "http://127.0.0.1:1/" }), fault: "malformed" },
  { name: "a redirect 307", script: plain(307, { location: "/v1/elsewhere" }), fault: "malformed" },
  {
    name: "429 whose body never ends",
    script: (_, to) => to.raw("HTTP/1.1 429 X\r\nretry-after: 7\r\ncontent-length: 9\r\n\r\n"),
    fault: "rate_limited",
    status: 429,
    retryAfter: "7",
    timeouts: SHORT,
  },
];

/** A 200 that is none. */
const BODIES: readonly FaultCase[] = [
  { name: "204", script: (_, to) => to.raw("HTTP/1.1 204 No Content\r\n\r\n"), fault: "malformed" },
  { name: "an empty 200", script: (_, to) => to.json(200, ""), fault: "malformed" },
  {
    name: "an empty event stream",
    script: (_, to) => started(to),
    fault: "timeout",
    status: 504,
    timeouts: SHORT,
  },
  {
    name: "an event stream that ends at once",
    only: "stream",
    script: (_, to) => (started(to), to.endStream()),
    fault: "malformed",
  },
  {
    name: "an event stream of only [DONE]",
    only: "stream",
    script: (_, to) => (started(to, "data: [DONE]\n\n"), to.endStream()),
    fault: "malformed",
  },
  {
    name: "JSON that cannot be parsed",
    script: byMode(
      (to) => started(to, "data: {oops\n\n"),
      (to) => to.json(200, "{oops"),
    ),
    fault: "malformed",
  },
  {
    name: "a page",
    script: (_, to) => to.json(200, "<html>login</html>", { "content-type": "text/html" }),
    fault: "malformed",
  },
  {
    name: "JSON for a stream",
    only: "stream",
    script: (_, to) => to.json(200, wholeText),
    fault: "malformed",
  },
  {
    name: "a stream for JSON",
    only: "whole",
    script: (_, to) => (started(to, ...WORDS), to.endStream()),
    fault: "malformed",
  },
  {
    name: "JSON called plain text",
    only: "whole",
    script: (_, to) => to.json(200, wholeText, { "content-type": "text/plain" }),
    fault: null,
  },
  {
    name: "an error in a 200",
    script: (_, to) => to.json(200, { error: { message: "busy", type: "server_error" } }),
    fault: "overloaded",
    status: 503,
  },
  {
    name: "truncated JSON with its right length",
    only: "whole",
    script: (_, to) => to.json(200, wholeText.slice(0, 90)),
    fault: "malformed",
  },
  {
    name: "truncated JSON with a longer length",
    only: "whole",
    script: (_, to) => {
      to.raw(
        head(`content-type: application/json\r\ncontent-length: ${wholeText.length}`) +
          wholeText.slice(0, 90),
      );
      to.cut();
    },
    fault: "interrupted",
  },
  {
    name: "a body over 64 MiB",
    script: (_, to) => huge(to),
    fault: "malformed",
    timeouts: { firstContentMs: 5_000, totalMs: 8_000 },
  },
  {
    name: "a first event of 10 MB",
    only: "stream",
    script: (_, to) => started(to, bigEvent),
    fault: "malformed",
    timeouts: { firstContentMs: 5_000, totalMs: 8_000 },
  },
];

/** A stream that goes wrong. */
const STREAMS: readonly Omit<FaultCase, "only">[] = [
  {
    name: "silence before the first content",
    script: (_, to) => started(to, ROLE),
    fault: "timeout",
    status: 504,
    timeouts: SHORT,
  },
  {
    name: "an error as the first event",
    script: (_, to) => started(to, errorEvent({ message: "busy", code: "overloaded" })),
    fault: "overloaded",
    status: 503,
  },
  {
    name: "a rate limit as the first event",
    script: (_, to) => started(to, errorEvent({ message: "slow", code: "rate_limit_exceeded" })),
    fault: "rate_limited",
    status: 429,
    retryAfter: "5",
  },
  {
    name: "FIN before the first content",
    script: (_, to) => (started(to, ROLE), to.cut()),
    fault: "interrupted",
  },
  {
    name: "silence mid-stream",
    script: (_, to) => started(to, ...BEGUN),
    fault: "timeout",
    inBand: true,
    timeouts: SHORT_IDLE,
  },
  {
    name: "FIN mid-stream",
    script: (_, to) => started(to, ...BEGUN),
    afterFirstBytes: (to) => to.cut(),
    fault: "interrupted",
    inBand: true,
  },
  {
    name: "RST mid-stream",
    script: (_, to) => started(to, ...BEGUN),
    afterFirstBytes: (to) => to.reset(),
    fault: "interrupted",
    inBand: true,
  },
  {
    name: "an end without a finish",
    script: (_, to) => (started(to, ...BEGUN), to.endStream()),
    fault: "interrupted",
    inBand: true,
  },
  {
    name: "an error mid-stream",
    script: ({ headers }, to) =>
      started(to, ...BEGUN, errorEvent({ message: `bad ${headers.authorization} ${headers.host}` })),
    fault: "overloaded",
    inBand: true,
    told: "bad",
  },
  {
    name: "a broken event mid-stream",
    script: (_, to) => started(to, ...BEGUN, "data: {oops\n\n"),
    fault: "malformed",
    inBand: true,
  },
  {
    name: "an event of 10 MB mid-stream",
    script: (_, to) => started(to, ...BEGUN, bigEvent),
    fault: "malformed",
    inBand: true,
    timeouts: { idleMs: 5_000, totalMs: 8_000 },
  },
];

export const FAULT_CASES: readonly FaultCase[] = [
  ...CONNECTIONS,
  ...STATUSES,
  ...BODIES,
  ...STREAMS.map((it) => ({ ...it, only: "stream" as const })),
];
