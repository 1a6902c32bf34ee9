import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { deployment } from "../testing/catalog.ts";
import { startGateway, TEST_KEY, type TestGateway, testProvider } from "../testing/gateway.ts";
import { completion } from "../testing/openai-replies.ts";
import { rawClient, rawPost } from "../testing/raw-client.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

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
  });
});
afterAll(async () => {
  await nyuro.stop();
  await upstream.stop();
});
beforeEach(() => {
  nyuro.rows.length = 0;
});

/** The start line exactly as given; what came back. */
async function raw(method: string, target: string, headers: Record<string, string> = {}) {
  const body = method === "POST" ? JSON.stringify(chat) : "";
  const text = rawPost(target, body, { connection: "close", ...headers }).replace("POST", method);
  const received = await rawClient(nyuro.url, text).all();
  return { status: Number(received.split(" ")[1]), received };
}

describe("one endpoint under several spellings", () => {
  test.each([
    "/v1/chat/completions",
    "/v1/chat/completions/",
    "/v1/v1/chat/completions",
    "/v1/v1/chat/completions/",
    "/api/v1/chat/completions",
    "/api/v1/v1/chat/completions",
    "//v1//chat/completions",
    "/v1/chat/completions?beta=true",
    "/v1/models/../chat/completions",
    "/v1/%2e%2e/v1/chat/completions",
    "/healthz/../v1/chat/completions",
  ])("POST %s answers with a key and is refused without", async (path) => {
    expect((await raw("POST", path, { authorization })).status).toBe(200);
    expect((await raw("POST", path)).status).toBe(401);
    expect(nyuro.rows).toHaveLength(1);
  });
});

describe("a path that is nearly one of ours", () => {
  test.each([
    "/v1/chat/completions%2f",
    "/v1%2fchat/completions",
    "/V1/chat/completions",
    "/v1/chat/completions;a=b",
    "/v1/chat/completions.",
    "/v1/chat",
    "/v2/chat/completions",
    "/api/chat/completions",
    "/healthz/../nowhere",
    "/",
  ])("POST %s is a 404 with our error body", async (path) => {
    const { status, received } = await raw("POST", path, { authorization });
    expect(status).toBe(404);
    expect(received).toContain('"code":"not_found"');
    expect(received.toLowerCase()).toContain("x-request-id: req_");
    expect(nyuro.rows).toEqual([]);
  });
});

describe("what a key protects", () => {
  /** Targets and headers that other servers were fooled by: the path that is authorised must be the one that answers. */
  const tricks: [string, string, Record<string, string>][] = [
    ["GET", "/healthz/../metrics", {}],
    ["GET", "/healthz/%2e%2e/metrics", {}],
    ["GET", "/healthz/..%2fmetrics", {}],
    ["GET", "//metrics", {}],
    ["GET", "/metrics/", {}],
    ["GET", "/metrics", { "x-original-url": "/healthz" }],
    ["GET", "/metrics", { "x-forwarded-prefix": "/healthz" }],
    ["GET", "/metrics", { host: "h/healthz#" }],
    ["GET", "/metrics", { host: "h/healthz?" }],
    ["GET", "/healthz", { host: "h/metrics#" }],
    ["GET", "/healthz", { host: "h/v1/models?" }],
    ["GET", "http://nyuro.test/metrics", {}],
    ["GET", "/v1/models", { host: "h/#@x" }],
    ["GET", "/healthz;/../v1/models", {}],
    ["POST", "/v1/chat/completions", { host: "h/healthz?" }],
    ["POST", "/v1/chat/completions", { "x-http-method-override": "GET" }],
  ];

  test.each(tricks)("%s %s tells nothing without one", async (method, target, headers) => {
    const { status, received } = await raw(method, target, headers);
    expect(received).not.toContain("nyuro_requests_total");
    expect(received).not.toContain('"object"');
    if (status === 200) expect(received).toEndWith('{"status":"ok"}');
    expect(nyuro.rows).toEqual([]);
    expect((await fetch(`${nyuro.url}/healthz`)).status).toBe(200);
  });
});

describe("methods", () => {
  test.each([
    ["GET", "/v1/chat/completions", "POST"],
    ["PUT", "/api/v1/embeddings", "POST"],
    ["DELETE", "/v1/models", "GET"],
    ["POST", "/v1/models/m", "GET"],
    ["POST", "/healthz", "GET"],
    ["POST", "/readyz", "GET"],
    ["POST", "/metrics", "GET"],
    ["OPTIONS", "/v1/chat/completions", "POST"],
  ])("%s %s is a 405 that says what is possible", async (method, path, allow) => {
    const response = await fetch(nyuro.url + path, { method, headers: { authorization } });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
    expect(await response.json()).toMatchObject({
      error: { code: "method_not_allowed", type: "invalid_request_error" },
    });
    expect(response.headers.get("x-should-retry")).toBe("false");
  });

  test("HEAD is GET without a body", async () => {
    for (const path of ["/v1/models", "/healthz"]) {
      const response = await fetch(nyuro.url + path, { method: "HEAD", headers: { authorization } });
      expect([path, response.status, await response.text()]).toEqual([path, 200, ""]);
    }
  });
});

describe("health and metrics", () => {
  test("every reply has an id, theirs too", async () => {
    for (const path of ["/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/models", "/nowhere"]) {
      const response = await fetch(nyuro.url + path, { headers: { authorization } });
      expect([path, response.headers.get("x-request-id")]).toEqual([path, expect.stringMatching(/^req_/)]);
    }
  });

  test("a load balancer's HTTP/1.0 without a Host is answered", async () => {
    const received = await rawClient(nyuro.url, "GET /healthz HTTP/1.0\r\n\r\n").all();
    expect(received).toStartWith("HTTP/1.1 200 ");
  });

  test("liveness needs no key, readiness says what is missing", async () => {
    expect(await (await fetch(`${nyuro.url}/healthz`)).json()).toEqual({ status: "ok" });
    expect(await (await fetch(`${nyuro.url}/readyz`)).json()).toEqual({ status: "ready" });
    const other = startGateway({ providers: [], deployments: [], notReady: "no deployment" });
    const response = await fetch(`${other.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: "not ready", missing: "no deployment" });
    await other.stop();
  });

  const who: [string, Parameters<typeof startGateway>[0]["caller"], boolean, boolean, number][] = [
    ["nobody", {}, false, false, 401],
    ["an inference key", {}, true, false, 403],
    ["a managing key", { scopes: ["manage", "inference"] }, true, false, 403],
    ["an admin", { scopes: ["admin"] }, true, false, 200],
    ["nobody where they are public", {}, false, true, 200],
  ];
  test.each(who)("metrics for %s", async (_, caller, withKey, publicMetrics, status) => {
    const other = startGateway({ providers: [], deployments: [], caller, publicMetrics });
    const response = await fetch(`${other.url}/metrics`, withKey ? { headers: { authorization } } : {});
    expect(response.status).toBe(status);
    expect((await response.text()).includes("nyuro_requests_total")).toBe(status === 200);
    await other.stop();
  });

  test("a key without the inference scope is refused, and that leaves a row", async () => {
    const other = startGateway({ providers: [], deployments: [], caller: { scopes: ["read"] } });
    const response = await other.chat(chat);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: "insufficient_scope" } });
    expect(other.rows).toMatchObject([
      { status: "refused", httpStatus: 403, errorCode: "insufficient_scope" },
    ]);
    await other.stop();
  });
});
