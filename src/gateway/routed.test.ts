import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { deployment, price } from "../testing/catalog.ts";
import { classifierSaying } from "../testing/classifier.ts";
import { startGateway, type TestGateway, type TestGatewayOptions, testProvider } from "../testing/gateway.ts";
import { completion } from "../testing/openai-replies.ts";
import { ruleOf } from "../testing/policy.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("*", ({ body }, answer) => answer.json(200, completion(String(body.model), "Hello")));
  upstream.on("broken", (_, answer) => answer.json(503, { error: { message: "overloaded" } }));
});
afterEach(() => nyuro.stop());
afterAll(() => upstream.stop());

function start(options: Partial<TestGatewayOptions> = {}) {
  upstream.requests.length = 0;
  nyuro = startGateway({
    providers: [testProvider("cloud", upstream.baseUrl), testProvider("box", upstream.baseUrl)],
    deployments: [
      deployment("cloud/gpt", { price: price(10, 20), quality: 90 }),
      deployment("cloud/broken", { price: price(1, 1), quality: 60 }),
      deployment("box/llama", { price: price(0, 0), quality: 55, local: true }),
    ],
    ...options,
  });
}

const messages = [{ role: "user", content: "Hello, my address is jo@example.com" }];
const chat = (body: object, headers: Record<string, string> = {}) =>
  nyuro.chat({ messages, ...body }, { headers });
const reasonOf = (reply: Response) => reply.headers.get("x-nyuro-route-reason");
const rowOf = async () => (await nyuro.rowsWritten(1))[0];

const LISTS = {
  auto: { code: ["llama", "gpt"] },
  industries: { legal: ["broken", "gpt"], general: ["llama"] },
};

test.each([
  ["auto", { model: "auto" }, "auto:code", { task: "code", industry: null }],
  ["no model", {}, "auto:code", { task: "code", industry: null }],
  [
    "an industry",
    { model: "industry:legal" },
    "industry:legal; fallback=overloaded",
    { task: null, industry: "legal" },
  ],
  ["a tag", { model: "llama", metadata: { industry: "legal" } }, "alias", { task: null, industry: "legal" }],
  ["a strategy", { model: "strategy:cost" }, "strategy:cost", { task: null, industry: null }],
  [
    "an entry of models[]",
    { models: ["broken", "strategy:local"] },
    "models[1]:strategy:local; fallback=overloaded",
    {
      task: null,
    },
  ],
])("%s answers, says why, and the row knows task and industry", async (_, body, reason, row) => {
  start({ policy: { ...LISTS, classifier: classifierSaying("code") } });
  const reply = await chat(body);
  expect([reply.status, reasonOf(reply)]).toEqual([200, reason]);
  expect(await rowOf()).toMatchObject({ routeReason: reason, ...row });
});

test("a rule is named in the reason and the row, and its parameters go up on a copy", async () => {
  const then = { models: ["broken", "gpt"], setParams: { temperature: 0, max_tokens: 7 } };
  start({ policy: { rules: [ruleOf("careful", { containsPii: true }, then)] } });
  const reply = await chat({ model: "llama", max_completion_tokens: 900 });
  const reason = "models[1]:alias; rule=careful; fallback=overloaded";
  expect(reasonOf(reply)).toBe(reason);
  expect(reply.headers.get("x-nyuro-added-params")).toBe("temperature, max_tokens");
  const sent = upstream.requestsFor("gpt")[0]?.body;
  expect(sent).toMatchObject({ temperature: 0, max_tokens: 7 });
  expect(sent).not.toHaveProperty("max_completion_tokens");
  const row = await rowOf();
  expect(row?.routeReason).toBe(reason);
  expect(JSON.parse(row?.decision ?? "")).toMatchObject({ rule: "careful", form: "models" });
  expect(row?.decision).not.toContain("jo@example.com");
});

test("a denial calls nobody, leaves a row, and says the rule's words", async () => {
  start({
    policy: { rules: [ruleOf("private", { containsPii: true }, { deny: "Not with personal data." })] },
  });
  const reply = await chat({ model: "gpt" });
  expect(reply.status).toBe(403);
  expect(await reply.json()).toMatchObject({
    error: { code: "denied_by_rule", message: "Not with personal data.", metadata: { rule: "private" } },
  });
  expect(reply.headers.get("x-should-retry")).toBe("false");
  expect(upstream.requests).toEqual([]);
  const row = await rowOf();
  expect(row).toMatchObject({ status: "refused", httpStatus: 403, errorCode: "denied_by_rule" });
  expect(JSON.parse(row?.decision ?? "")).toMatchObject({ rule: "private", config: "test" });
  expect(row?.decision).not.toContain("jo@example.com");
});

test.each([
  ["in the body", { max_cost_usd: "0.005" }, {}],
  ["as a number", { max_cost_usd: 0.005 }, {}],
  ["in the header", {}, { "X-Nyuro-Max-Cost-Usd": "0.005" }],
  ["the tighter of both", { max_cost_usd: 1 }, { "X-Nyuro-Max-Cost-Usd": "0.005" }],
])("a cap on the cost %s leaves out what is dearer and never goes upstream", async (_, body, headers) => {
  start();
  const reply = await chat({ models: ["gpt", "llama"], ...body }, headers);
  expect(reasonOf(reply)).toBe("models[1]:alias");
  expect(upstream.requests[0]?.body).not.toHaveProperty("max_cost_usd");
  expect(JSON.parse((await rowOf())?.decision ?? "").excluded).toEqual({ over_max_cost: 1 });
});

test.each([
  [{ max_cost_usd: "cheap" }, {}, "max_cost_usd"],
  [{ max_cost_usd: -1 }, {}, "max_cost_usd"],
  [{}, { "X-Nyuro-Max-Cost-Usd": "a dollar" }, null],
  [{ provider: { require_parameters: "yes" } }, {}, "provider.require_parameters"],
  [{ provider: { sort: { by: "beauty" } } }, {}, "provider.sort"],
])("what cannot be read is refused: %p %p", async (body, headers, param) => {
  start();
  const reply = await chat({ model: "gpt", ...body }, headers);
  expect([reply.status, ((await reply.json()) as { error: { param: unknown } }).error.param]).toEqual([
    400,
    param,
  ]);
});

test("OpenRouter's object form of provider.sort is read", async () => {
  start();
  expect(
    (await chat({ model: "gpt", provider: { sort: { by: "latency", partition: "model" } } })).status,
  ).toBe(200);
});

test("a user stays on one of several equal boxes; a session by header does too, unless the body names one", async () => {
  const boxes = ["b1", "b2", "b3", "b4", "b5"];
  start({
    providers: boxes.map((id) => testProvider(id, upstream.baseUrl)),
    deployments: boxes.map((id) => deployment(`${id}/gpt`, { price: price(0, 0) })),
  });
  const answeredBy = async (body: object, headers = {}) =>
    (await chat({ model: "gpt", ...body }, headers)).headers.get("x-nyuro-provider");
  for (const user of ["ann", "ben", "cleo"]) {
    const first = await answeredBy({ user });
    for (let i = 0; i < 3; i++) expect(await answeredBy({ user })).toBe(first);
  }
  const session = await answeredBy({}, { "X-Session-Id": "s-1" });
  expect(await answeredBy({ session_id: "s-1" })).toBe(session);
  expect(await answeredBy({ session_id: "s-1" }, { "X-Session-Id": "s-2" })).toBe(session);
  expect(upstream.requests.every(({ body }) => !("session_id" in body))).toBe(true);
});

test("a provider at its max_parallel is left with its reason", async () => {
  const held = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  upstream.on("slow", async (_, answer) => {
    arrived.resolve();
    await held.promise;
    answer.json(200, completion("slow", "Hello"));
  });
  start({
    providers: [testProvider("cloud", upstream.baseUrl), testProvider("box", upstream.baseUrl)],
    deployments: [
      deployment("box/slow", { price: price(0, 0), maxParallel: 1 }),
      deployment("cloud/slow", { upstream: "gpt" }),
    ],
  });
  const first = chat({ model: "slow" });
  await arrived.promise;
  const second = await chat({ model: "slow" });
  expect(reasonOf(second)).toBe("alias; fallback=resting");
  held.resolve();
  expect(reasonOf(await first)).toBe("alias");
});
