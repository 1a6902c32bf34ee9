/**
 * The floor: the least a proxy of this kind must do on this runtime, and nothing else. Key hash and look-up, body
 * parsed and rewritten, upstream call under the swapped key, usage read from the reply, reply. No ledger, no limits,
 * no routing, no health, no timeouts.
 *
 * Usage: relay.ts <upstream base url> <client key> <upstream key> <model>=<upstream model>…
 */
import { createHmac } from "node:crypto";

const HASH_SECRET = "bench";
/** Usage is in the last event before `[DONE]`: this many bytes of the end are kept. */
const TAIL_BYTES = 2048;

interface Setup {
  url: string;
  upstreamKey: string;
  keys: ReadonlyMap<string, { name: string }>;
  models: ReadonlyMap<string, string>;
  /** Sum of what replies told, so that reading them cannot be optimised away. */
  tokens: { prompt: number; completion: number };
}

function hash(secret: string): string {
  return createHmac("sha256", HASH_SECRET).update(secret).digest("hex");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(status: number, message: string): Response {
  return Response.json({ error: { message } }, { status });
}

async function relay(setup: Setup, request: Request): Promise<Response> {
  const secret = request.headers.get("authorization")?.slice("Bearer ".length) ?? "";
  if (!setup.keys.has(hash(secret))) return refuse(401, "unknown key");
  const body: unknown = await request.json();
  const model = isRecord(body) ? setup.models.get(String(body.model)) : undefined;
  if (!isRecord(body) || model === undefined) return refuse(404, "unknown model");
  body.model = model;
  if (body.stream === true) body.stream_options = { include_usage: true };
  const upstream = await fetch(setup.url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${setup.upstreamKey}`,
      "content-type": "application/json",
      "accept-encoding": "identity",
    },
    body: JSON.stringify(body),
    signal: request.signal,
    redirect: "manual",
  });
  return body.stream === true ? streamReply(setup, upstream) : wholeReply(setup, upstream);
}

function count(setup: Setup, text: string): void {
  const parsed: unknown = JSON.parse(text);
  const usage = isRecord(parsed) ? parsed.usage : null;
  if (!isRecord(usage)) return;
  setup.tokens.prompt += Number(usage.prompt_tokens);
  setup.tokens.completion += Number(usage.completion_tokens);
}

async function wholeReply(setup: Setup, upstream: Response): Promise<Response> {
  const text = await upstream.text();
  count(setup, text);
  return new Response(text, {
    status: upstream.status,
    headers: { "content-type": "application/json" },
  });
}

function streamReply(setup: Setup, upstream: Response): Response {
  const reader = upstream.body?.getReader();
  if (!reader) return refuse(502, "no body");
  let tail: Buffer = Buffer.alloc(0);
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await reader.read();
        if (done) {
          countTail(setup, tail);
          return controller.close();
        }
        tail = nextTail(tail, value);
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    status: upstream.status,
    headers: { "content-type": "text/event-stream" },
  });
}

/** The last bytes seen so far. A view where the chunk is long enough, so that most chunks cost no copy. */
function nextTail(tail: Buffer, chunk: Uint8Array): Buffer {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (bytes.length >= TAIL_BYTES) return bytes.subarray(-TAIL_BYTES);
  return Buffer.concat([tail.subarray(-(TAIL_BYTES - bytes.length)), bytes]);
}

function countTail(setup: Setup, tail: Buffer): void {
  for (const line of tail.toString("utf8").split("\n")) {
    if (line.startsWith("data: {") && line.includes('"usage":{')) count(setup, line.slice("data: ".length));
  }
}

function serve(): void {
  const [baseUrl = "", clientKey = "", upstreamKey = "", ...pairs] = Bun.argv.slice(2);
  const setup: Setup = {
    url: `${baseUrl}/chat/completions`,
    upstreamKey,
    keys: new Map([[hash(clientKey), { name: "bench" }]]),
    models: new Map(pairs.map((pair) => [pair.split("=")[0] ?? "", pair.split("=")[1] ?? ""])),
    tokens: { prompt: 0, completion: 0 },
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    routes: { "/v1/chat/completions": { POST: (request: Request) => relay(setup, request) } },
    fetch: () => refuse(404, "no such path"),
  });
  console.log(JSON.stringify({ port: server.port }));
}

if (import.meta.main) serve();
