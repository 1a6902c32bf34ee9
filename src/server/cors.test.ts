import { afterEach, describe, expect, test } from "bun:test";
import { startGateway, TEST_KEY, type TestGateway } from "../testing/gateway.ts";

let nyuro: TestGateway;
afterEach(() => nyuro.stop());

const start = (corsOrigins: readonly string[]) => {
  nyuro = startGateway({ providers: [], deployments: [], corsOrigins });
};
const ask = (method: string, origin: string, path = "/v1/models") =>
  fetch(nyuro.url + path, {
    method,
    headers: {
      origin,
      authorization: `Bearer ${TEST_KEY}`,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization, x-stainless-os",
    },
  });
const corsOf = ({ headers }: Response) => [...headers].filter(([name]) => name.startsWith("access-control-"));

describe("CORS", () => {
  test("is off unless configured", async () => {
    start([]);
    for (const method of ["GET", "OPTIONS"])
      expect(corsOf(await ask(method, "https://app.test"))).toEqual([]);
  });

  test("lets a configured origin in, preflight and reply, errors too", async () => {
    start(["https://app.test"]);
    const preflight = await ask("OPTIONS", "https://app.test", "/v1/chat/completions");
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("https://app.test");
    expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
    expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization, x-stainless-os");
    const unasked = await fetch(`${nyuro.url}/v1/embeddings`, {
      method: "OPTIONS",
      headers: { origin: "https://app.test" },
    });
    expect(unasked.headers.get("access-control-allow-headers")).toContain("idempotency-key");
    for (const path of ["/v1/models", "/nowhere"]) {
      const { headers } = await ask("GET", "https://app.test", path);
      expect(headers.get("access-control-allow-origin")).toBe("https://app.test");
      expect(headers.get("access-control-expose-headers")).toContain("x-nyuro-attempts");
      expect(headers.get("access-control-expose-headers")).toContain("x-nyuro-replayed, ");
      expect(headers.get("vary")).toContain("origin");
      expect(headers.has("access-control-allow-credentials")).toBe(false);
    }
  });

  test.each([
    "https://evil.test",
    "https://app.test.evil.test",
    "http://app.test",
    "null",
  ])("keeps %s out", async (origin) => {
    start(["https://app.test"]);
    expect(corsOf(await ask("OPTIONS", origin))).toEqual([]);
    expect(corsOf(await ask("GET", origin))).toEqual([]);
  });

  test("names an origin even where all are allowed, and does not make a key needless", async () => {
    start(["*"]);
    const response = await fetch(`${nyuro.url}/v1/models`, { headers: { origin: "https://any.test" } });
    expect(response.status).toBe(401);
    expect(response.headers.get("access-control-allow-origin")).toBe("https://any.test");
  });
});
