import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { deployment } from "../testing/catalog.ts";
import { startGateway, TEST_KEY, type TestGateway, testProvider } from "../testing/gateway.ts";
import { completion } from "../testing/openai-replies.ts";
import { rawClient, rawPost } from "../testing/raw-client.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] });

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("m", (_, answer) => answer.json(200, completion("m", "fine")));
  nyuro = startGateway({
    providers: [testProvider("one", upstream.baseUrl)],
    deployments: [deployment("one/m")],
  });
});
afterAll(async () => {
  await nyuro.stop();
  await upstream.stop();
});

/** Sends exactly these header lines; the status and the body that came back. */
async function send(lines: readonly string[]): Promise<{ status: number; body: string }> {
  const text = rawPost("/v1/chat/completions", body, { connection: "close" });
  const end = text.indexOf("\r\n\r\n");
  const head = [text.slice(0, end), ...lines].join("\r\n");
  const received = await rawClient(nyuro.url, head + text.slice(end)).all();
  return {
    status: Number(received.split(" ")[1]),
    body: received.slice(received.indexOf("\r\n\r\n") + 4),
  };
}

const WRONG = "neu_live_wrong-key-that-is-long-enough-00000";

describe("a key that may not pass", () => {
  const refused: [string, string[]][] = [
    ["no header", []],
    ["an empty bearer", ["authorization: Bearer "]],
    ["an empty authorization", ["authorization: "]],
    ["a bearer without a space", [`authorization: Bearer${TEST_KEY}`]],
    ["the bare key as authorization", [`authorization: ${TEST_KEY}`]],
    ["Basic", [`authorization: Basic ${btoa(`user:${TEST_KEY}`)}`]],
    ["a wrong key", [`authorization: Bearer ${WRONG}`]],
    ["a key with a tail", [`authorization: Bearer ${TEST_KEY}x`]],
    ["a key cut short", [`authorization: Bearer ${TEST_KEY.slice(0, -1)}`]],
    ["two keys in one header", [`authorization: Bearer ${TEST_KEY} ${TEST_KEY}`]],
    ["the header twice", [`authorization: Bearer ${TEST_KEY}`, `authorization: Bearer ${TEST_KEY}`]],
    ["an empty X-API-Key", ["x-api-key: "]],
    ["a wrong X-API-Key", [`x-api-key: ${WRONG}`]],
    ["X-API-Key twice", [`x-api-key: ${TEST_KEY}`, `x-api-key: ${TEST_KEY}`]],
    ["a wrong bearer beside a right X-API-Key", [`authorization: Bearer ${WRONG}`, `x-api-key: ${TEST_KEY}`]],
    ["a proxy's header", [`proxy-authorization: Bearer ${TEST_KEY}`]],
    ["another vendor's header", [`api-key: ${TEST_KEY}`]],
    ["a cookie", [`cookie: authorization=Bearer ${TEST_KEY}`]],
  ];

  test("gets one and the same 401, whatever is wrong with it, and leaves no row", async () => {
    nyuro.rows.length = 0;
    upstream.requests.length = 0;
    const bodies = new Set<string>();
    for (const [name, lines] of refused) {
      const reply = await send(lines);
      expect([name, reply.status]).toEqual([name, 401]);
      bodies.add(reply.body);
    }
    expect(bodies.size).toBe(1);
    expect(JSON.parse(Buffer.from([...bodies][0] ?? "", "latin1").toString())).toEqual({
      error: {
        message: "Missing or invalid API key. Send it as `Authorization: Bearer neu_live_…`.",
        type: "authentication_error",
        param: null,
        code: "invalid_api_key",
      },
    });
    expect(nyuro.rows).toEqual([]);
    expect(upstream.requests).toEqual([]);
    expect(nyuro.logs.join("\n")).not.toContain(WRONG);
  });

  test("is refused before its body is read", async () => {
    const client = rawClient(nyuro.url, rawPost("/v1/chat/completions", "", { "content-length": "1000000" }));
    expect(await client.until("invalid_api_key")).toContain("HTTP/1.1 401");
    client.socket.destroy();
  });

  test("says that a retry cannot help, and its request id", async () => {
    const response = await fetch(`${nyuro.url}/v1/chat/completions`, { method: "POST", body });
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  });
});

describe("a good key", () => {
  const accepted: [string, string[]][] = [
    ["a bearer", [`authorization: Bearer ${TEST_KEY}`]],
    ["a bearer in any case", [`AUTHORIZATION: bEARER ${TEST_KEY}`]],
    ["a bearer with spaces around", [`authorization:   Bearer   ${TEST_KEY}  `]],
    ["X-API-Key", [`x-api-key: ${TEST_KEY}`]],
    ["a right bearer beside a wrong X-API-Key", [`x-api-key: ${WRONG}`, `authorization: Bearer ${TEST_KEY}`]],
    ["X-API-Key beside another scheme", [`authorization: Basic eDp5`, `x-api-key: ${TEST_KEY}`]],
  ];

  test.each(accepted)("passes as %s", async (_, lines) => {
    expect((await send(lines)).status).toBe(200);
  });

  test("never reaches the provider", async () => {
    upstream.requests.length = 0;
    await send([
      `authorization: Bearer ${TEST_KEY}`,
      `x-api-key: ${TEST_KEY}`,
      "x-forwarded-for: 1.2.3.4",
      "x-tenant: a",
    ]);
    const [asked] = upstream.requests;
    expect(JSON.stringify(asked)).not.toContain(TEST_KEY);
    expect(Object.keys(asked?.headers ?? {}).toSorted()).toEqual([
      "accept",
      "accept-encoding",
      "authorization",
      "connection",
      "content-length",
      "content-type",
      "host",
      "user-agent",
    ]);
  });
});
