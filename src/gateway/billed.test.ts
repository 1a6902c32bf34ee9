import { afterEach, describe, expect, test } from "bun:test";
import { deployment } from "../testing/catalog.ts";
import { testProvider } from "../testing/gateway.ts";
import { heldIn, hello, LONG, moneyScenes, RATES, spentIn, USD } from "../testing/money-scene.ts";
import { completion } from "../testing/openai-replies.ts";
import { type Script, ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { answer } from "./answer.ts";
import type { Incoming } from "./gateway.ts";
import { OpenRequest } from "./open-requests.ts";

const { scene, ends, endAll } = moneyScenes();
afterEach(endAll);

/** A gateway before an upstream that does as it is told. */
async function before(scripts: Record<string, Script>, rest: Parameters<typeof scene>[2] = {}, limits = {}) {
  const upstream = await ScriptedUpstream.start();
  ends(() => upstream.stop());
  for (const [model, script] of Object.entries(scripts)) upstream.on(model, script);
  const built = await scene(limits, undefined, {
    providers: [testProvider("p", upstream.baseUrl, LONG)],
    deployments: Object.keys(scripts).map((model) => deployment(`p/${model}`, { price: RATES })),
    ...rest,
  });
  return { ...built, upstream };
}

/** Reads until that much text came, and leaves. */
async function readAndLeave(reply: Response, leave: AbortController, least: number): Promise<void> {
  let text = "";
  const reading = (async () => {
    for await (const piece of reply.body ?? []) {
      text += Buffer.from(piece).toString();
      if (text.length >= least) leave.abort();
    }
  })();
  await reading.catch(() => {});
}

describe("an answer that broke off", () => {
  const events = (...all: object[]) => all.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  const message = {
    type: "message",
    role: "assistant",
    content: [],
    usage: { input_tokens: 12, output_tokens: 1 },
  };
  const claude: Script = (_, reply) => {
    reply.startStream();
    reply.chunk(events({ type: "message_start", message }));
    const delta = { type: "text_delta", text: "word ".repeat(80) };
    reply.chunk(events({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }));
    reply.chunk(events({ type: "content_block_delta", index: 0, delta }));
  };
  const asClaude = (upstream: string) => testProvider("p", upstream, { ...LONG, dialect: "anthropic" });

  test("is billed what was delivered, though its first event told a usage: leaving early is not for free", async () => {
    const upstream = await ScriptedUpstream.start();
    ends(() => upstream.stop());
    upstream.on("m", claude);
    const { gateway, money } = await scene({ key: 1 }, undefined, {
      providers: [asClaude(upstream.baseUrl)],
    });
    const leave = new AbortController();
    const reply = await gateway.chat({ ...hello, stream: true }, { signal: leave.signal });
    await readAndLeave(reply, leave, 400);
    const [row] = await gateway.rowsWritten(1);
    expect(row).toMatchObject({ status: "canceled", usageSource: "counted" });
    expect(row?.usage).toMatchObject({ input: 12, output: 101 });
    expect(spentIn(money)).toBe(12 * 1_000 + 101 * 4_000);
  });

  test("is never guessed to have cost more than was put aside for it", async () => {
    const upstream = await ScriptedUpstream.start();
    ends(() => upstream.stop());
    upstream.on("m", claude);
    const { gateway } = await scene({ key: 1 }, undefined, {
      providers: [asClaude(upstream.baseUrl)],
      budgets: { defaultOutputTokens: 8192, onLimit: "finish", unknownPrice: "skip" },
    });
    const leave = new AbortController();
    const body = { ...hello, stream: true, max_tokens: 30 };
    await readAndLeave(await gateway.chat(body, { signal: leave.signal }), leave, 400);
    const [row] = await gateway.rowsWritten(1);
    expect(row?.usage).toMatchObject({ input: 12, output: 30 });
  });
});

test("a prompt of which nobody tells the tokens is never guessed above what was put aside for it", async () => {
  const { usage: _, ...untold } = completion("m", "Hi");
  // A tokenizer has a token for eighty spaces; by its bytes the prompt would be a thousand tokens.
  const { gateway, money } = await before(
    { m: (_, reply) => reply.json(200, untold) },
    { countTokens: async () => 50 },
    { key: 300_000 / USD },
  );
  const messages = [{ role: "user", content: " ".repeat(4000) }];
  expect((await gateway.chat({ model: "m", messages, max_tokens: 1 })).status).toBe(200);
  expect(gateway.rows[0]).toMatchObject({ usageSource: "counted", usage: { input: 89, output: 1 } });
  expect(spentIn(money)).toBe(93_000);
});

describe("embeddings", () => {
  const vector =
    (usage?: object): Script =>
    ({ body }, reply) => {
      const input = body.input as unknown[];
      const data = input.map((_, index) => ({ object: "embedding", index, embedding: [1] }));
      reply.json(200, { object: "list", model: "m", data, ...(usage ? { usage } : {}) });
    };

  test("of which nobody tells the tokens are counted all, not the longest", async () => {
    const { gateway, money } = await before({ m: vector() });
    const input = Array.from({ length: 50 }, () => "x".repeat(40));
    expect((await gateway.post("/v1/embeddings", { model: "m", input })).status).toBe(200);
    expect(gateway.rows).toMatchObject([{ usageSource: "counted", usage: { input: 500 } }]);
    expect(spentIn(money)).toBe(500_000);
  });

  test("that are broken off pay for the batches that were answered", async () => {
    const leave = new AbortController();
    let calls = 0;
    const { promise: isCalledAgain, resolve: calledAgain } = Promise.withResolvers<void>();
    const answered = vector({ prompt_tokens: 7, total_tokens: 7 });
    const script: Script = (request, reply) => {
      calls += 1;
      return calls === 1 ? answered(request, reply) : calledAgain();
    };
    const upstream = await ScriptedUpstream.start();
    ends(() => upstream.stop());
    upstream.on("m", script);
    const { gateway, money } = await scene({ key: 1 }, undefined, {
      providers: [testProvider("p", upstream.baseUrl, { ...LONG, embeddingBatch: 1 })],
      deployments: [deployment("p/m", { price: RATES, maxParallel: 1 })],
    });
    const reply = gateway.post(
      "/v1/embeddings",
      { model: "m", input: ["a", "b", "c"] },
      { signal: leave.signal },
    );
    await isCalledAgain;
    leave.abort();
    await reply.catch(() => {});
    const [row] = await gateway.rowsWritten(1);
    expect(row).toMatchObject({ status: "canceled", usage: { input: 7 }, costNanoUsd: 7_000 });
    expect(row?.attempts).toMatchObject([{ outcome: "canceled", costNanoUsd: 7_000 }]);
    expect([spentIn(money), heldIn(money)]).toEqual([7_000, 0]);
  });
});

describe("what failed attempts were billed", () => {
  const billedFailure: Script = (_, reply) => {
    reply.startStream();
    reply.chunk(
      `data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13}}\n\n`,
    );
    reply.chunk(`data: {"error":{"message":"broken","type":"server_error","code":null}}\n\n`);
    reply.endStream();
  };

  test("is in their answer, also where that is whole and says that it failed", async () => {
    const choices = [{ index: 0, message: { role: "assistant", content: "wo" }, finish_reason: "error" }];
    const usage = { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 };
    const { gateway, money } = await before(
      {
        first: (_, reply) => reply.json(200, { ...completion("first", ""), choices, usage }),
        second: (_, reply) => reply.json(200, completion("second", "Hi", { prompt: 10, completion: 1 })),
      },
      {},
      { key: 1 },
    );
    const reply = await gateway.chat({ messages: hello.messages, models: ["first", "second"] });
    expect(reply.status).toBe(200);
    expect(gateway.rows[0]?.attempts).toMatchObject([{ costNanoUsd: 22_000 }, { outcome: "ok" }]);
    expect([spentIn(money), heldIn(money)]).toEqual([36_000, 0]);
  });

  test("is not lost where the store fails before the next one", async () => {
    const built = await before(
      {
        first: (request, reply) => {
          built.money.setBroken(true);
          return billedFailure(request, reply);
        },
        second: (_, reply) => reply.json(200, completion("second", "Hi")),
      },
      {},
      { key: 1 },
    );
    const { gateway, money, upstream } = built;
    const body = { messages: hello.messages, models: ["first", "second"], stream: true };
    expect((await gateway.chat(body)).status).toBe(500);
    expect(upstream.requestsFor("second")).toEqual([]);
    money.setBroken(false);
    expect(await money.budgets.writeUnwritten()).toBe(0);
    expect([spentIn(money), heldIn(money)]).toEqual([22_000, 0]);
    const row = money.db.query("SELECT model, requested_model, status, error_code FROM requests").all();
    expect(row).toEqual([
      { model: "first", requested_model: "first", status: "error", error_code: "internal_error" },
    ]);
  });
});

test("a client that leaves behind a failed call pays nothing for that", async () => {
  const { gateway, money, upstream } = await before(
    {
      first: (_, reply) => reply.json(500, { error: { message: "no" } }),
      second: (_, reply) => reply.json(200, completion("second", "Hi")),
    },
    {},
    { key: 1 },
  );
  const open = new OpenRequest(() => {});
  const hold = money.budgets.hold.bind(money.budgets);
  let holds = 0;
  money.budgets.hold = (...asked) => {
    holds += 1;
    if (holds === 2) open.breakOff("client_gone");
    return hold(...asked);
  };
  const caller = {
    ...{ keyId: "key_test", orgId: "org_test", scopes: ["inference" as const] },
    ...{ allowedModels: null, allowedProviders: null, rateLimits: null },
  };
  const incoming: Incoming = {
    ...{ sequence: 1, id: "req_1", caller, operation: "chat", maxCostUsd: null, sessionId: null },
    ...{ timeMs: Date.now(), startedMs: gateway.gateway.clock.monotonic(), transcript: null },
    ...{ open, beforeEnd() {} },
  };
  const body = JSON.stringify({ messages: hello.messages, models: ["first", "second"] });
  expect((await answer(gateway.gateway, incoming, body)).status).toBe(499);
  const [row] = await gateway.rowsWritten(1);
  expect(row).toMatchObject({ status: "canceled", costNanoUsd: 0, usageSource: "none" });
  expect(upstream.requestsFor("second")).toEqual([]);
  expect([spentIn(money), heldIn(money), money.balances.holdCount]).toEqual([0, 0, 0]);
});

test("nobody spends more by naming two output limits", async () => {
  const { gateway, billing } = await scene({ key: 421_000 / USD });
  expect((await gateway.chat({ ...hello, max_completion_tokens: 1, max_tokens: 101 })).status).toBe(402);
  expect((await gateway.chat({ ...hello, max_completion_tokens: 101, max_tokens: 1 })).status).toBe(402);
  expect(billing.calls).toBe(0);
  expect((await gateway.chat({ ...hello, max_completion_tokens: 100, max_tokens: 1 })).status).toBe(200);
});
