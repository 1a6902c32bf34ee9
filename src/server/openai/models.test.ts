import { afterEach, describe, expect, test } from "bun:test";
import type { Caller } from "../../core/caller.ts";
import { deployment, price } from "../../testing/catalog.ts";
import { startGateway, TEST_KEY, type TestGateway } from "../../testing/gateway.ts";

let nyuro: TestGateway;
afterEach(() => nyuro.stop());

function start(caller: Partial<Caller> = {}): void {
  nyuro = startGateway({
    providers: [],
    deployments: [
      deployment("one/gpt", { price: price(3, 15), contextLength: 1000, capabilities: ["tools"] }),
      deployment("two/gpt", { price: price(1, 2), contextLength: 2000, maxOutputTokens: 500 }),
      deployment("two/org/name:8b", { model: "org/name:8b", price: null, local: true }),
    ],
    aliases: { fast: ["gpt"], dead: ["gone"] },
    caller,
  });
}

const get = (path: string) => fetch(nyuro.url + path, { headers: { authorization: `Bearer ${TEST_KEY}` } });
const idsOf = async (path: string) =>
  ((await (await get(path)).json()) as { data: { id: string }[] }).data.map(({ id }) => id);

describe("GET /v1/models", () => {
  test("lists models and aliases that lead somewhere, in OpenAI's form and ours", async () => {
    start();
    const response = await get("/v1/models");
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    const list = (await response.json()) as { object: string; data: Record<string, unknown>[] };
    expect(list.object).toBe("list");
    expect(list.data.map(({ id }) => id).slice(0, 3)).toEqual(["gpt", "org/name:8b", "fast"]);
    expect(list.data[0]).toEqual({
      id: "gpt",
      object: "model",
      created: 0,
      owned_by: "test",
      context_length: 2000,
      max_output_tokens: 500,
      pricing: { prompt: "1.000000000", completion: "2.000000000" },
      capabilities: ["tools"],
      local: false,
      shutdown_date: null,
    });
    expect(list.data[1]).toMatchObject({ pricing: null, context_length: null, local: true });
    expect(list.data[2]).toMatchObject({ owned_by: "alias", context_length: 2000 });
  });

  test.each<[string, (string | null | undefined)[], string | null]>([
    ["all of its providers end it: the last day", ["2026-12-11", "2027-01-14", "2026-10-23"], "2027-01-14"],
    ["one goes on: no day", ["2026-12-11", undefined], null],
    ["one ends it on a day nobody knows: no day", [null, "2026-12-11"], null],
  ])("shows the day a model ends: %s", async (_, days, expected) => {
    nyuro = startGateway({
      providers: [],
      deployments: days.map((shutdownDate, index) =>
        deployment(`p${index}/gpt`, { deprecation: shutdownDate === undefined ? null : { shutdownDate } }),
      ),
      aliases: { fast: ["gpt"] },
    });
    for (const name of ["gpt", "fast"])
      expect(await (await get(`/v1/models/${name}`)).json()).toMatchObject({ shutdown_date: expected });
  });

  test("answers under /api/v1 too", async () => {
    start();
    expect(await idsOf("/api/v1/models")).toEqual(await idsOf("/v1/models/"));
  });

  test.each<[string, Partial<Caller>, string[]]>([
    ["some models", { allowedModels: ["org/name:8b"] }, ["org/name:8b"]],
    ["an alias, and so what it means", { allowedModels: ["fast"] }, ["gpt", "fast"]],
    ["a slug", { allowedModels: ["openai/gpt"] }, ["gpt", "fast"]],
    ["one provider", { allowedProviders: ["one"] }, ["gpt", "fast"]],
    ["nothing", { allowedModels: [] }, []],
  ])("shows a key only what it may use: %s", async (_, caller, ids) => {
    start(caller);
    const served = (await idsOf("/v1/models")).filter(
      (id) => id !== "auto" && !/^(strategy|industry):/.test(id),
    );
    expect(served).toEqual(ids);
  });

  test("also lists what can be asked for instead of a model, to whom may use any", async () => {
    start();
    const ids = await idsOf("/v1/models");
    for (const id of ["auto", "strategy:cost", "strategy:local", "industry:legal", "industry:general"])
      expect(ids).toContain(id);
    expect(ids.filter((id) => id.startsWith("industry:"))).toHaveLength(10);
    start({ allowedModels: [] });
    expect(await idsOf("/v1/models")).toEqual([]);
  });

  test("leaves no row and needs a key", async () => {
    start();
    await get("/v1/models");
    expect((await fetch(`${nyuro.url}/v1/models`)).status).toBe(401);
    expect(nyuro.rows).toEqual([]);
  });
});

describe("GET /v1/models/{id}", () => {
  test.each([
    ["gpt", "gpt"],
    ["openai/gpt", "gpt"],
    ["openai%2Fgpt", "gpt"],
    ["org/name:8b", "org/name:8b"],
    ["org%2Fname%3A8b", "org/name:8b"],
    ["org/name:8b/", "org/name:8b"],
    ["fast", "fast"],
  ])("%s is %s", async (path, id) => {
    start();
    for (const prefix of ["/v1/models/", "/api/v1/models/"]) {
      const response = await get(prefix + path);
      expect([response.status, ((await response.json()) as { id: string }).id]).toEqual([200, id]);
    }
  });

  test.each([
    "gone",
    "org",
    "%E0%A4%A",
    "gpt%00",
    "__proto__",
    "x".repeat(5000),
  ])("%s is a 404", async (path) => {
    start();
    const response = await get(`/v1/models/${path}`);
    expect(response.status).toBe(404);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: "model_not_found", param: "model" } });
    expect(text.length).toBeLessThan(500);
  });

  test("does not tell a key of models that it may not use", async () => {
    start({ allowedModels: ["org/name:8b"] });
    expect((await get("/v1/models/gpt")).status).toBe(404);
    expect((await get("/v1/models/fast")).status).toBe(404);
  });
});
