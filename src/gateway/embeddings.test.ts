import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { deployment, price } from "../testing/catalog.ts";
import { startGateway, type TestGateway, testProvider } from "../testing/gateway.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
const floats = [0.5, -1, 0.25];
const packed = Buffer.from(Float32Array.from(floats).buffer).toString("base64");

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("up", (_, answer) =>
    answer.json(200, {
      object: "list",
      model: "up",
      data: [{ object: "embedding", index: 0, embedding: floats }],
      usage: { prompt_tokens: 4, total_tokens: 4 },
    }),
  );
  upstream.on("broken", (_, answer) => answer.json(200, { object: "list", data: [] }));
  nyuro = startGateway({
    providers: [testProvider("one", upstream.baseUrl), testProvider("two", upstream.baseUrl)],
    deployments: [
      deployment("one/e", { upstream: "broken", price: price(1, 0), kind: "embedding" }),
      deployment("two/e", { upstream: "up", price: price(2, 0), kind: "embedding" }),
      deployment("one/talks", { kind: "chat" }),
    ],
  });
});
afterAll(async () => {
  await nyuro.stop();
  await upstream.stop();
});
beforeEach(() => {
  nyuro.rows.length = 0;
});

test.each([
  ["float", floats],
  ["base64", packed],
  [undefined, floats],
])("embeddings come as %s, whatever the provider sends, falling back like chat", async (encoding_format, embedding) => {
  for (const path of ["/v1/embeddings", "/api/v1/embeddings"]) {
    const response = await nyuro.post(path, { model: "e", input: "hi", encoding_format });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ model: "e", data: [{ embedding }] });
    expect(response.headers.get("x-nyuro-route-reason")).toBe("alias; fallback=malformed");
    expect(response.headers.get("x-nyuro-cost-usd")).toBe("0.000008000");
    nyuro.gateway.health.succeeded("one/e", null);
  }
  expect(nyuro.rows).toHaveLength(2);
  expect(nyuro.rows[0]).toMatchObject({
    operation: "embeddings",
    status: "ok",
    stream: false,
    usage: { input: 4, output: 0 },
    costNanoUsd: 8_000,
    fallbackUsed: true,
  });
});

test("a chat model embeds nothing, and the refusal says why", async () => {
  const response = await nyuro.post("/v1/embeddings", { model: "talks", input: "hi" });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    error: {
      code: "no_candidate",
      metadata: { excluded: [{ provider: "one", model: "talks", reason: "wrong_kind" }] },
    },
  });
  expect(nyuro.rows).toMatchObject([{ status: "refused", operation: "embeddings" }]);
});
