import { afterEach, expect, test } from "bun:test";
import type { Deployment } from "../core/deployment.ts";
import type { Provider } from "../providers/contract.ts";
import { deployment, price } from "../testing/catalog.ts";
import { fixedClock } from "../testing/clock.ts";
import { startGateway, type TestGateway, type TestGatewayOptions, testProvider } from "../testing/gateway.ts";
import {
  type Answer,
  type Script,
  ScriptedUpstream,
  type UpstreamRequest,
} from "../testing/scripted-upstream.ts";

const started: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of started.splice(0)) await stop();
});

interface Changed {
  provider?: Partial<Provider>;
  deployment?: Partial<Deployment>;
  options?: Partial<TestGatewayOptions>;
}

/** A provider that takes two inputs a call, and a spare one that takes any number. */
async function gatewayFor(script: Script, changed: Changed = {}) {
  const upstream = await ScriptedUpstream.start();
  upstream.on("up", script).on("spare", (request, answer) => answer.json(200, reply(request)));
  const nyuro = startGateway({
    providers: [
      testProvider("one", upstream.baseUrl, { embeddingBatch: 2, ...changed.provider }),
      testProvider("two", upstream.baseUrl),
    ],
    deployments: [
      deployment("one/e", { upstream: "up", price: price(1, 0), kind: "embedding", ...changed.deployment }),
      deployment("two/e", { upstream: "spare", price: price(2, 0), kind: "embedding" }),
    ],
    ...changed.options,
  });
  started.push(
    () => nyuro.stop(),
    () => upstream.stop(),
  );
  return { upstream, nyuro };
}

const inputsOf = ({ body }: UpstreamRequest) => body.input as unknown[];
/** A vector that tells which input it is of: `"c"` and `[99]` are 99. */
const vectorOf = (input: unknown) => [typeof input === "string" ? input.charCodeAt(0) : Number(input)];

function reply(request: UpstreamRequest, tokensEach: number | null = 3) {
  const inputs = inputsOf(request);
  const tokens = inputs.length * (tokensEach ?? 0);
  return {
    object: "list",
    model: "up",
    data: inputs.map((input, index) => ({ object: "embedding", index, embedding: vectorOf(input) })),
    ...(tokensEach === null ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } }),
  };
}

const plain: Script = (request, answer) => answer.json(200, reply(request));
const embed = (nyuro: TestGateway, input: unknown, rest = {}) =>
  nyuro.post("/v1/embeddings", { model: "e", input, ...rest });
interface Told {
  data: { index: number; embedding: number[] | string }[];
  usage?: unknown;
}
const told = async (response: Response) => (await response.json()) as Told;
const letters = (count: number) => Array.from({ length: count }, (_, at) => String.fromCharCode(97 + at));

test("what a provider does not take at once is sent in several calls and comes back as one answer", async () => {
  const { upstream, nyuro } = await gatewayFor(plain);
  const response = await embed(nyuro, letters(5), { dimensions: 1, usage: { include: true } });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-nyuro-cost-usd")).toBe("0.000015000");
  expect(await response.json()).toMatchObject({
    object: "list",
    model: "e",
    data: letters(5).map((input, index) => ({ object: "embedding", index, embedding: vectorOf(input) })),
    usage: { prompt_tokens: 15, total_tokens: 15, cost: 0.000015 },
  });
  const sent = upstream.requests.map((request) => [inputsOf(request), request.body.dimensions]);
  expect(sent).toEqual([
    [["a", "b"], 1],
    [["c", "d"], 1],
    [["e"], 1],
  ]);
  expect(nyuro.rows).toMatchObject([
    { status: "ok", usage: { input: 15, output: 0 }, usageSource: "provider", costNanoUsd: 15_000 },
  ]);
  expect(nyuro.rows[0]?.attempts).toMatchObject([{ provider: "one", outcome: "ok", status: 200 }]);
});

test.each([
  ["lists of token ids", [[97], [98], [99]], [97, 98, 99], 2],
  ["as many as fit", ["a", "b"], [97, 98], 1],
  ["one text", "abc", null, 1],
  ["one list of token ids", [97, 98, 99], null, 1],
])("%s", async (_, input, vectors, calls) => {
  const one: Script = (_, answer) =>
    answer.json(200, {
      object: "list",
      model: "up",
      data: [{ object: "embedding", index: 0, embedding: [1] }],
    });
  const { upstream, nyuro } = await gatewayFor(vectors ? plain : one);
  const { data } = await told(await embed(nyuro, input));
  if (vectors) expect(data.map(({ embedding }) => embedding[0] as number)).toEqual(vectors);
  expect(upstream.requests.length).toBe(calls);
  if (calls === 1) expect(upstream.requests[0]?.body.input).toEqual(input);
});

test("a provider without a limit gets everything at once", async () => {
  const { upstream, nyuro } = await gatewayFor(plain, { provider: { embeddingBatch: undefined } });
  await embed(nyuro, letters(9));
  expect(upstream.requests.map((request) => inputsOf(request).length)).toEqual([9]);
});

test("the answer is in the order of the request, however the answers come, in the encoding asked for", async () => {
  const held: (() => void)[] = [];
  const { nyuro } = await gatewayFor((request, answer) => {
    const shuffled = reply(request);
    shuffled.data.reverse();
    held.push(() => answer.json(200, shuffled));
    if (held.length === 3) for (const send of held.reverse()) send();
  });
  const { data } = await told(await embed(nyuro, letters(5), { encoding_format: "base64" }));
  expect(data.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
  const first = data.map(({ embedding }) => Buffer.from(String(embedding), "base64").readFloatLE(0));
  expect(first).toEqual([97, 98, 99, 100, 101]);
});

test.each([
  ["four", null, 4],
  ["one, where the operator limits the calls,", 3, 1],
])("no more than %s at once", async (_, maxParallel, most) => {
  let underWay = 0;
  let highest = 0;
  const waiting: (() => void)[] = [];
  const { upstream, nyuro } = await gatewayFor(
    (request, answer) => {
      underWay += 1;
      highest = Math.max(highest, underWay);
      waiting.push(() => {
        underWay -= 1;
        plain(request, answer);
      });
      // Answered only when the line is full: were it shorter, nothing would ever come.
      if (waiting.length === most || upstream.requests.length === 12)
        for (const send of waiting.splice(0)) send();
    },
    { provider: { embeddingBatch: 1 }, deployment: { maxParallel } },
  );
  expect((await embed(nyuro, letters(12))).status).toBe(200);
  expect(highest).toBe(most);
  expect(upstream.requests.map((request) => inputsOf(request)[0]).sort()).toEqual(letters(12));
});

test("a usage that one batch does not tell is not told", async () => {
  const { nyuro } = await gatewayFor((request, answer) =>
    answer.json(200, reply(request, inputsOf(request)[0] === "c" ? null : 3)),
  );
  expect(await told(await embed(nyuro, letters(5)))).not.toHaveProperty("usage");
  expect(nyuro.rows[0]?.usageSource).toBe("counted");
});

test("the fault of one batch is the attempt's: the others are broken off, none follows, the next candidate is tried", async () => {
  const silent: UpstreamRequest[] = [];
  let refuse: Answer | undefined;
  const { upstream, nyuro } = await gatewayFor(
    (request, answer) => {
      if (inputsOf(request)[0] === "b") refuse = answer;
      else silent.push(request);
      if (silent.length === 3) refuse?.json(500, { error: { message: "no" } });
    },
    { provider: { embeddingBatch: 1 } },
  );
  const response = await embed(nyuro, letters(9));
  expect(response.status).toBe(200);
  expect((await told(response)).data.length).toBe(9);
  await Promise.all(silent.map(({ closed }) => closed));
  expect(upstream.requestsFor("up").length).toBe(4);
  expect(nyuro.rows[0]?.attempts).toMatchObject([
    { provider: "one", outcome: "overloaded", status: 500 },
    { provider: "two", outcome: "ok" },
  ]);
});

test("a connection lost after another batch was answered is not tried again", async () => {
  const { upstream, nyuro } = await gatewayFor(
    (request, answer) => (inputsOf(request)[0] === "a" ? plain(request, answer) : answer.reset()),
    { deployment: { maxParallel: 1 } },
  );
  expect((await embed(nyuro, letters(4))).status).toBe(200);
  expect(upstream.requestsFor("up").length).toBe(2);
});

const item = (index: number) => ({ object: "embedding", index, embedding: [1] });
test.each([
  ["too few", [item(0)]],
  ["too many", [item(0), item(1), item(2)]],
  ["one twice", [item(1), item(1)]],
  ["an index outside", [item(0), item(2)]],
])("a batch that is answered with %s embeddings is malformed", async (_, data) => {
  const { nyuro } = await gatewayFor((request, answer) =>
    answer.json(200, inputsOf(request)[0] === "c" ? { object: "list", model: "up", data } : reply(request)),
  );
  const response = await embed(nyuro, letters(4));
  expect((await told(response)).data.length).toBe(4);
  expect(nyuro.rows[0]?.attempts).toMatchObject([{ outcome: "malformed" }, { outcome: "ok" }]);
});

test("a client that leaves ends every batch", async () => {
  const silent: UpstreamRequest[] = [];
  const leaving = new AbortController();
  const { nyuro } = await gatewayFor((request) => {
    silent.push(request);
    if (silent.length === 2) leaving.abort();
  });
  const body = { model: "e", input: letters(4) };
  const asked = nyuro.post("/v1/embeddings", body, { signal: leaving.signal });
  await asked.catch(() => {});
  await Promise.all(silent.map(({ closed }) => closed));
  expect((await nyuro.rowsWritten(1))[0]?.attempts).toMatchObject([{ outcome: "canceled" }]);
});

test("all batches together have the time of one call", async () => {
  const clock = fixedClock(1_795_000_000_000);
  const timeouts = { connectMs: 900, firstContentMs: 1000, idleMs: 1000, totalMs: 1000 };
  const { nyuro } = await gatewayFor(
    (request, answer) => {
      clock.advance(600);
      if (inputsOf(request)[0] === "a") plain(request, answer);
    },
    { provider: { timeouts }, deployment: { maxParallel: 1 }, options: { clock } },
  );
  expect((await embed(nyuro, letters(4))).status).toBe(200);
  expect(nyuro.rows[0]?.attempts).toMatchObject([{ outcome: "timeout" }, { outcome: "ok" }]);
});
