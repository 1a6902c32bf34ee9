import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { deployment } from "../testing/catalog.ts";
import { startGateway, TEST_KEY, type TestGateway, testProvider } from "../testing/gateway.ts";
import { completion } from "../testing/openai-replies.ts";
import { rawClient, rawPost } from "../testing/raw-client.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

const MAX_BYTES = 2 ** 20;
const BODY_TIMEOUT_MS = 150;

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
const authorization = `Bearer ${TEST_KEY}`;
const chat = { model: "m", messages: [{ role: "user", content: "hi" }] };

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("m", (_, answer) => answer.json(200, completion("m", "fine")));
  nyuro = startGateway({
    providers: [testProvider("one", upstream.baseUrl)],
    deployments: [deployment("one/m")],
    maxBodyBytes: MAX_BYTES,
    bodyTimeoutMs: BODY_TIMEOUT_MS,
  });
});
afterAll(async () => {
  await nyuro.stop();
  await upstream.stop();
});
beforeEach(() => {
  nyuro.rows.length = 0;
  upstream.requests.length = 0;
});

/** A refusal of a known key: its status and code, exactly one row that says so, and nobody called. */
function expectRefused(status: number, code: string): void {
  expect(nyuro.rows).toMatchObject([
    {
      status: "refused",
      httpStatus: status,
      errorCode: code,
      attempts: [],
      costNanoUsd: 0,
      usageSource: "none",
    },
  ]);
  expect(upstream.requests).toEqual([]);
  expect(nyuro.gateway.deadlines.size).toBe(0);
}

const chunked = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

describe("a body that is no request", () => {
  const deep = (open: string, close: string) =>
    `{"model":"m","messages":${open.repeat(1e6)}${close.repeat(1e6)}}`;
  test.each<[string, string]>([
    ["empty", ""],
    ["blank", "  \n"],
    ["no JSON", "model=m"],
    ["cut JSON", '{"model":"m","messages":['],
    ["an array", "[]"],
    ["null", "null"],
    ["a string", '"hi"'],
    ["a number", "1e999"],
    ["two objects", "{}{}"],
    ["NaN", '{"temperature":NaN}'],
    ["a comment", '{/**/"model":"m"}'],
    ["UTF-16", Buffer.from(JSON.stringify(chat), "utf16le").toString()],
  ])("%s is a 400 without a param", async (_, body) => {
    const response = await nyuro.chat(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "invalid_request", type: "invalid_request_error", param: null },
    });
    expect(response.headers.get("x-should-retry")).toBe("false");
    expectRefused(400, "invalid_request");
  });

  test("nested a million deep is a 400, whatever holds the depth, and the next request is served", async () => {
    const other = startGateway({
      providers: [testProvider("one", upstream.baseUrl)],
      deployments: [deployment("one/m")],
    });
    const bodies = [
      "[".repeat(1e6),
      "[".repeat(1e6) + "]".repeat(1e6),
      deep("[", "]"),
      deep('{"a":', "}").replace(":}", ":1}"),
      JSON.stringify({ ...chat, tools: ["X"] }).replace('"X"', "[".repeat(1e6) + "]".repeat(1e6)),
      JSON.stringify({ ...chat, metadata: "X" }).replace('"X"', `${'{"a":'.repeat(1e5)}1${"}".repeat(1e5)}`),
    ];
    for (const body of bodies) {
      const response = await other.chat(body);
      expect([body.length, response.status]).toEqual([body.length, 400]);
      expect((await response.text()).length).toBeLessThan(500);
    }
    expect(other.rows.map(({ status }) => status)).toEqual(bodies.map(() => "refused"));
    expect((await other.chat(chat)).status).toBe(200);
    await other.stop();
  });

  test("packed is not unpacked: it is no JSON", async () => {
    const response = await fetch(`${nyuro.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization, "content-encoding": "gzip" },
      body: Bun.gzipSync(Buffer.from(JSON.stringify(chat))),
    });
    expect(response.status).toBe(400);
    expectRefused(400, "invalid_request");
  });
});

describe("a body that is no UTF-8", () => {
  const [before, after] = JSON.stringify({ ...chat, messages: [{ role: "user", content: "a|b" }] }).split(
    "|",
  );
  const around = (...bytes: number[]) =>
    Buffer.concat([Buffer.from(before ?? ""), Buffer.from(bytes), Buffer.from(after ?? "")]);

  test.each<[string, Buffer]>([
    ["Latin-1", around(0xe9)],
    ["a byte that begins nothing", around(0xff)],
    ["an overlong slash", around(0xc0, 0xaf)],
    ["half of a surrogate pair", around(0xed, 0xa0, 0x80)],
    ["a character beyond the last", around(0xf4, 0x90, 0x80, 0x80)],
    ["a character cut in two", around(0xe2, 0x82)],
    ["a real replacement character beside it", around(0xef, 0xbf, 0xbd, 0xff)],
  ])("%s is a 400, with a length and chunked", async (_, body) => {
    const chunkedBody = new ReadableStream({
      start(controller) {
        controller.enqueue(body);
        controller.close();
      },
    });
    for (const sent of [body, chunkedBody]) {
      nyuro.rows.length = 0;
      const response = await nyuro.chat("", { body: sent });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        error: { code: "invalid_request", message: "The request body is not valid UTF-8.", param: null },
      });
      expectRefused(400, "invalid_request");
    }
  });

  test("a replacement character that the caller wrote is one like any other", async () => {
    for (const text of ["\ufffd", "é\ufffd😀\ufffd\ufffd", "\ufffd".repeat(300_000)]) {
      const body = JSON.stringify({ ...chat, messages: [{ role: "user", content: text }] });
      expect((await nyuro.chat(body)).status).toBe(200);
      expect(upstream.requests.at(-1)?.text).toContain(text);
    }
  });
});

describe("a body that is odd but sound", () => {
  test.each<[string, string]>([
    ["__proto__", JSON.stringify(chat).replace("{", '{"__proto__":{"stream":true},')],
    ["constructor", JSON.stringify({ ...chat, constructor: { prototype: 1 } })],
    [
      "a million keys",
      JSON.stringify({
        ...chat,
        extra: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [i, 0])),
      }),
    ],
    ["a byte order mark", `\uFEFF${JSON.stringify(chat)}`],
    ["a name twice: the last one counts", JSON.stringify(chat).replace("{", '{"model":"gone",')],
  ])("%s is answered", async (_, body) => {
    const response = await nyuro.chat(body);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toStartWith("application/json");
    await response.text();
    expect(({} as Record<string, unknown>).stream).toBeUndefined();
  });

  test("any content type will do, chunked too", async () => {
    const body = JSON.stringify(chat);
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\nconnection: close\r\n`;
    const text = `${head}transfer-encoding: chunked\r\ncontent-type: text/plain\r\n\r\n${chunked(body.slice(0, 9))}${chunked(body.slice(9))}0\r\n\r\n`;
    expect(await rawClient(nyuro.url, text).all()).toStartWith("HTTP/1.1 200");
  });
});

describe("a body over the limit", () => {
  test("by its length is a JSON 413 that the client reads while it still writes", async () => {
    const response = await nyuro.chat("x".repeat(8 * MAX_BYTES));
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      error: { code: "request_too_large", message: "The request body is over 1 MiB." },
    });
    expectRefused(413, "request_too_large");
  });

  test("by its length is refused before it arrives", async () => {
    const text = rawPost("/v1/chat/completions", "", { authorization, "content-length": String(2 ** 40) });
    const client = rawClient(nyuro.url, text);
    expect(await client.until("request_too_large")).toContain("HTTP/1.1 413");
    client.socket.destroy();
    expectRefused(413, "request_too_large");
  });

  test("chunked is counted and is the same 413", async () => {
    const response = await fetch(`${nyuro.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization },
      body: new ReadableStream({
        start(controller) {
          for (let i = 0; i < 24; i++) controller.enqueue(new Uint8Array(2 ** 18));
          controller.close();
        },
      }),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: { code: "request_too_large" } });
    expectRefused(413, "request_too_large");
  });

  test("of exactly the limit is read", async () => {
    const body = JSON.stringify(chat).padEnd(MAX_BYTES);
    expect((await nyuro.chat(body)).status).toBe(200);
    nyuro.rows.length = 0;
    upstream.requests.length = 0;
    expect((await nyuro.chat(`${body} `)).status).toBe(413);
    expectRefused(413, "request_too_large");
  });
});

describe("a body that does not arrive", () => {
  test.each([
    ["stuck", {}, ""],
    ["stuck behind its beginning", {}, '{"model":'],
    ["chunked and stuck", { "transfer-encoding": "chunked" }, '5\r\n{"mod\r\n'],
  ])("%s is a JSON 408", async (_, headers, part) => {
    const length: Record<string, string> = "transfer-encoding" in headers ? {} : { "content-length": "100" };
    const lines = Object.entries({ host: "x", authorization, ...headers, ...length });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const client = rawClient(nyuro.url, `POST /v1/chat/completions HTTP/1.1\r\n${head}\r\n${part}`);
    expect(await client.until("request_timeout")).toContain("HTTP/1.1 408");
    expectRefused(408, "request_timeout");
    client.socket.destroy();
  });

  test("but drips in is a 408 all the same, the connection ends, and others are answered meanwhile", async () => {
    const head = rawPost("/v1/chat/completions", "", { authorization, "content-length": "100000" });
    const client = rawClient(nyuro.url, `${head}{"model":"`);
    const dripping = setInterval(() => client.socket.writable && client.socket.write("x"), 5);
    const refused = client.until("request_timeout");
    const others = await Promise.all(Array.from({ length: 20 }, () => nyuro.chat(chat)));
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 200));
    expect(await refused).toContain("HTTP/1.1 408");
    await client.all();
    clearInterval(dripping);
    expect(nyuro.gateway.deadlines.size).toBe(0);
  });

  test("because the client left is a canceled row", async () => {
    const client = rawClient(
      nyuro.url,
      rawPost("/v1/chat/completions", "", { authorization, "content-length": "100" }),
    );
    const before = nyuro.arrived();
    while (nyuro.arrived() === before) await new Promise((later) => setImmediate(later));
    client.socket.destroy();
    const [row] = await nyuro.rowsWritten(1);
    expect(row).toMatchObject({ status: "canceled", httpStatus: 499, errorCode: "canceled" });
  });
});

describe("two requests in one", () => {
  const body = JSON.stringify(chat);
  const start = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n`;
  const second = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  test.each([
    ["both lengths", `${start}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${second}`],
    ["two lengths", `${start}content-length: 0\r\ncontent-length: ${body.length}\r\n\r\n${body}`],
    ["a folded header", `${start}content-length: 0\r\n x: y\r\n\r\n${second}`],
    ["another encoding", `${start}transfer-encoding: identity, chunked\r\n\r\n0\r\n\r\n${second}`],
    ["bare newlines", `${start}content-length: 0\n\n${second}`],
  ])("%s is refused and nothing of it is answered", async (_, text) => {
    const received = await rawClient(nyuro.url, text).all();
    expect(received).not.toContain(" 200 ");
    expect(upstream.requests).toEqual([]);
  });
});
