import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { errorTypeOf } from "../core/errors.ts";
import { deployment, price } from "../testing/catalog.ts";
import { FAULT_CASES, type FaultCase } from "../testing/fault-cases.ts";
import { startGateway, type TestGateway, testProvider, UPSTREAM_SECRET } from "../testing/gateway.ts";
import { completion, streamEvents } from "../testing/openai-replies.ts";
import { type Answer, ScriptedUpstream } from "../testing/scripted-upstream.ts";

const CALLERS_OWN = ["bad_request", "content_refused", "context_too_long"];
const GOOD_WORDS = ["fine"];

let faulty: ScriptedUpstream;
let good: ScriptedUpstream;
/** Answers anything at all with a plain 400. */
let plainText: Bun.TCPSocketListener<undefined>;

beforeAll(async () => {
  faulty = await ScriptedUpstream.start();
  good = await ScriptedUpstream.start();
  plainText = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket) {
        socket.end("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
      },
    },
  });
  good.on("*", ({ body }, answer) => {
    if (body.stream !== true) return answer.json(200, completion("good", "fine"));
    answer.startStream();
    answer.chunk(streamEvents("good", GOOD_WORDS).join(""));
    answer.endStream();
  });
});
afterAll(async () => {
  plainText.stop(true);
  await faulty.stop();
  await good.stop();
});

interface Cell {
  it: FaultCase;
  stream: boolean;
  /** Nobody stands behind the failing candidate. */
  isLast: boolean;
}

interface Seen {
  status: number;
  headers: Headers;
  text: string;
  nyuro: TestGateway;
}

const cells: [string, Cell][] = FAULT_CASES.flatMap((it) =>
  [true, false]
    .filter((stream) => it.only === undefined || (it.only === "stream") === stream)
    .flatMap((stream) =>
      [true, false].map((isLast): [string, Cell] => [
        `${it.name}, ${stream ? "stream" : "whole"}, ${isLast ? "last" : "not last"}`,
        { it, stream, isLast },
      ]),
    ),
);

describe("the fault matrix", () => {
  test.each(cells)("%s", async (_, cell) => {
    const seen = await run(cell);
    try {
      check(cell, seen);
      nothingLeaks(cell, seen);
      expect(seen.nyuro.gateway.deadlines.size).toBe(0);
      for (const id of ["one/m", "two/m"]) expect(seen.nyuro.gateway.health.inFlight(id)).toBe(0);
    } finally {
      await seen.nyuro.stop();
    }
  });
});

async function run({ it, stream, isLast }: Cell): Promise<Seen> {
  faulty.requests.length = 0;
  good.requests.length = 0;
  let writing: Answer | null = null;
  faulty.on("up", (request, answer) => {
    writing = answer;
    return it.script?.(request, answer);
  });
  const baseUrl = it.speaksTls ? `https://127.0.0.1:${plainText.port}/v1` : (it.baseUrl ?? faulty.baseUrl);
  const one = testProvider("one", baseUrl);
  const nyuro = startGateway({
    providers: [
      {
        ...one,
        timeouts: { connectMs: 2_000, firstContentMs: 4_000, idleMs: 4_000, totalMs: 8_000, ...it.timeouts },
      },
      testProvider("two", good.baseUrl, {
        timeouts: { connectMs: 2_000, firstContentMs: 4_000, idleMs: 4_000, totalMs: 8_000 },
      }),
    ],
    deployments: [
      deployment("one/m", { upstream: "up", price: price(1, 1), contextLength: 1000 }),
      ...(isLast ? [] : [deployment("two/m", { price: price(2, 2), contextLength: 2000 })]),
    ],
    ...(it.resolve ? { resolve: it.resolve } : {}),
    ...(it.probe ? { probe: it.probe } : {}),
  });
  const response = await nyuro.chat({ model: "m", messages: [{ role: "user", content: "hi" }], stream });
  const text = await readAll(response, () => writing && it.afterFirstBytes?.(writing));
  await nyuro.rowsWritten(1);
  return { status: response.status, headers: response.headers, text, nyuro };
}

async function readAll(response: Response, afterFirstBytes: () => void): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body ?? []) if (pieces.push(piece) === 1) afterFirstBytes();
  return Buffer.concat(pieces).toString();
}

function check(cell: Cell, seen: Seen): void {
  const { it, isLast } = cell;
  expect(seen.nyuro.rows).toHaveLength(1);
  expect(seen.headers.get("x-request-id")).toMatch(/^req_/);
  expect(seen.headers.get("x-nyuro-candidates")).toBe(isLast ? "one/m" : "one/m, two/m");
  expect(faulty.requests).toHaveLength(it.calls ?? 1);
  if (it.inBand) return toldInBand(cell, seen);
  if (it.fault === null) return answered(cell, seen, "one");
  const isCallers = CALLERS_OWN.includes(it.fault);
  const goesOn = !isLast && (!isCallers || it.fault === "context_too_long");
  expect(good.requests).toHaveLength(goesOn ? 1 : 0);
  return goesOn ? answered(cell, seen, "two") : refused(cell, seen);
}

/** The attempts on the failing candidate as headers and rows list them. */
function faults({ calls }: FaultCase, fault: string): string[] {
  return Array(Math.max(1, calls ?? 1)).fill(fault);
}

function answered({ it, stream }: Cell, { status, headers, text, nyuro }: Seen, by: "one" | "two"): void {
  expect(status).toBe(200);
  const failed = it.fault === null ? [] : faults(it, it.fault);
  if (by === "two") {
    if (stream) {
      const events = streamEvents("m", GOOD_WORDS);
      expect(text).toBe([...events.slice(0, -2), events.at(-1)].join(""));
    } else expect(JSON.parse(text)).toEqual(completion("m", "fine"));
  }
  expect(headers.get("x-nyuro-provider")).toBe(by);
  expect(headers.get("x-nyuro-model")).toBe("m");
  expect(headers.get("x-nyuro-fallback-used")).toBe(String(by === "two"));
  expect(headers.get("x-nyuro-route-reason")).toBe(by === "two" ? `alias; fallback=${it.fault}` : "alias");
  expect(headers.get("x-nyuro-attempts")).toMatch(attemptsPattern(failed, by));
  expect(headers.has("x-should-retry")).toBe(false);
  expect(nyuro.rows[0]).toMatchObject({
    status: "ok",
    httpStatus: 200,
    errorCode: null,
    provider: by,
    fallbackUsed: by === "two",
    usageSource: "provider",
    attempts: [...failed, "ok"].map((outcome) => ({ outcome })),
  });
}

function attemptsPattern(failed: readonly string[], winner: string | null): RegExp {
  const entries = failed.map((fault) => `one/m=${fault}@\\d+ms`);
  if (winner) entries.push(`${winner}/m=ok@\\d+ms`);
  return new RegExp(`^${entries.join(", ")}$`);
}

function refused({ it }: Cell, { status, headers, text, nyuro }: Seen): void {
  const code = it.code ?? "all_candidates_failed";
  expect(status).toBe(it.status ?? 502);
  const { error } = JSON.parse(text);
  expect(error.code).toBe(code);
  if (it.code === undefined) {
    expect(error.type).toBe(errorTypeOf(status));
    expect(error.metadata.attempts).toHaveLength(Math.max(1, it.calls ?? 1));
  } else expect(error.message).toStartWith(it.told ?? "");
  expect(headers.get("content-type")).toStartWith("application/json");
  expect(headers.get("x-should-retry")).toBe(status === 429 ? null : "false");
  expect(headers.get("retry-after")).toBe(it.retryAfter ?? null);
  expect(headers.get("x-nyuro-route-reason")).toBe("alias");
  expect(headers.get("x-nyuro-fallback-used")).toBe("false");
  expect(headers.has("x-nyuro-provider")).toBe(false);
  const failed = faults(it, it.fault ?? "");
  expect(headers.get("x-nyuro-attempts")).toMatch(attemptsPattern(failed, null));
  expect(nyuro.rows[0]).toMatchObject({
    status: "error",
    httpStatus: status,
    errorCode: code,
    provider: "one",
    costNanoUsd: 0,
    usageSource: "none",
    ttftMs: null,
    attempts: failed.map((outcome) => ({ outcome })),
  });
}

function toldInBand({ it }: Cell, { status, headers, text, nyuro }: Seen): void {
  expect(status).toBe(200);
  expect(good.requests).toHaveLength(0);
  expect(text).toContain('"content":"Hel"');
  expect(text).not.toContain("[DONE]");
  const last = text.trimEnd().split("\n\n").at(-1) ?? "";
  expect(last).toStartWith('data: {"error":{');
  expect(JSON.parse(last.slice(6)).error.message).toStartWith(
    it.told ?? "The provider's answer was interrupted",
  );
  expect(headers.get("x-nyuro-fallback-used")).toBe("false");
  expect(headers.get("x-nyuro-attempts")).toMatch(attemptsPattern([], "one"));
  expect(nyuro.rows[0]).toMatchObject({
    status: "interrupted",
    httpStatus: 200,
    errorCode: "interrupted",
    usageSource: "counted",
    attempts: [{ outcome: it.fault }],
  });
  expect(nyuro.rows[0]?.costNanoUsd).toBeGreaterThan(0);
}

/** No credential, no address and no stack trace in what the client got, nor in the log. */
function nothingLeaks({ it }: Cell, { headers, text, nyuro }: Seen): void {
  const hidden = [
    UPSTREAM_SECRET,
    `127.0.0.1:${faulty.port}`,
    `:${faulty.port}`,
    `:${plainText.port}`,
    `127.0.0.1:${good.port}`,
  ];
  if (it.baseUrl) hidden.push(new URL(it.baseUrl).host);
  const told = `${text}\n${[...headers].join("\n")}`;
  const logged = nyuro.logs.join("\n");
  for (const secret of hidden) {
    expect(told).not.toContain(secret);
    expect(logged).not.toContain(secret);
  }
  for (const output of [told, logged]) expect(output).not.toMatch(/\bat \S+ \(|\.ts:\d+|node_modules/);
}
