import { afterEach, describe, expect, test } from "bun:test";
import type { Deployment } from "../core/deployment.ts";
import { deployment } from "../testing/catalog.ts";
import { startGateway, type TestGateway, type TestGatewayOptions, testProvider } from "../testing/gateway.ts";
import { completion } from "../testing/openai-replies.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
afterEach(async () => {
  await nyuro.stop();
  await upstream.stop();
});

async function start(deployments: Deployment[], rest: Partial<TestGatewayOptions> = {}): Promise<void> {
  upstream = await ScriptedUpstream.start();
  upstream.on("*", (_, answer) => answer.json(200, completion("up", "fine")));
  const ids = [...new Set(deployments.map(({ providerId }) => providerId))];
  nyuro = startGateway({
    providers: ids.map((id) => testProvider(id, upstream.baseUrl)),
    deployments,
    ...rest,
  });
}

const ask = (model: string, rest: Record<string, unknown> = {}) =>
  nyuro.chat({ model, messages: [{ role: "user", content: "hi" }], ...rest });

describe("header values", () => {
  test("name sixteen candidates and count the rest", async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `p${String(i).padStart(2, "0")}/m`);
    await start(ids.map((id) => deployment(id)));
    const response = await ask("m");
    expect(response.headers.get("x-nyuro-candidates")).toBe([...ids.slice(0, 16), "+4"].join(", "));
    expect(nyuro.rows[0]?.decision).toContain('"behind"');
  });

  test.each([
    ["a name in another script", "модель-ü", "??????-?"],
    ["line breaks", "a\r\nset-cookie: b", "a??set-cookie: b"],
    ["a null", "a\u0000b", "a?b"],
  ])("are ASCII: %s", async (_, model, shown) => {
    await start([deployment(`one/${model}`)]);
    const response = await ask(model);
    expect(response.headers.get("x-nyuro-model")).toBe(shown);
    expect(response.headers.get("x-nyuro-candidates")).toBe(`one/${shown}`);
    expect(response.headers.has("set-cookie")).toBe(false);
    expect(await response.json()).toMatchObject({ model });
    expect(nyuro.rows[0]?.model).toBe(model);
  });

  test("are bounded, whatever a server calls its models", async () => {
    const model = "m".repeat(20_000);
    await start([deployment(`one/${model}`), deployment(`two/${model}`)]);
    const response = await ask(model);
    expect(response.status).toBe(200);
    let size = 0;
    for (const [, value] of response.headers) size += value.length;
    expect(size).toBeLessThan(16_000);
  });

  test("of the upstream never come through", async () => {
    await start([deployment("one/m")]);
    upstream.on("*", (_, answer) =>
      answer.json(200, completion("up", "fine"), {
        "set-cookie": "a=b",
        "strict-transport-security": "max-age=1",
        "x-request-id": "upstream-id",
        server: "upstream",
        "access-control-allow-origin": "*",
      }),
    );
    const { headers } = await ask("m");
    expect([...headers.keys()].toSorted()).toEqual([
      "content-length",
      "content-type",
      "date",
      "server-timing",
      "x-nyuro-attempts",
      "x-nyuro-candidates",
      "x-nyuro-cost-usd",
      "x-nyuro-fallback-used",
      "x-nyuro-model",
      "x-nyuro-provider",
      "x-nyuro-route-reason",
      "x-request-id",
    ]);
    expect(headers.get("x-request-id")).toMatch(/^req_/);
  });
});

describe("a request that nobody can serve", () => {
  const refusals: [string, Record<string, unknown>, Partial<TestGatewayOptions>, number, string][] = [
    ["an unknown model", { model: "gone" }, {}, 404, "model_not_found"],
    ["an unknown model among models", { models: ["m", "gone"] }, {}, 404, "model_not_found"],
    ["an unknown industry", { metadata: { industry: "legl" } }, {}, 404, "model_not_found"],
    ["a model the key may not use", {}, { caller: { allowedModels: ["other"] } }, 403, "model_not_allowed"],
    ["a provider the key may not use", {}, { caller: { allowedProviders: [] } }, 403, "model_not_allowed"],
    ["everything filtered out", { provider: { ignore: ["one"] } }, {}, 503, "no_candidate"],
  ];
  test.each(
    refusals,
  )("%s leaves one refused row and calls nobody", async (_, rest, options, status, code) => {
    await start([deployment("one/m")], options);
    const response = await ask("m", rest);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    expect(response.headers.get("x-nyuro-fallback-used")).toBe("false");
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(response.headers.get("server-timing")).toMatch(/^gw;dur=/);
    expect(nyuro.rows).toMatchObject([
      { status: "refused", httpStatus: status, errorCode: code, provider: null },
    ]);
    expect(upstream.requests).toEqual([]);
  });
});
