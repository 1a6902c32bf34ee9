import { afterEach, describe, expect, test } from "bun:test";
import { deployment, price } from "../testing/catalog.ts";
import { testProvider } from "../testing/gateway.ts";
import { heldIn, hello, LONG, moneyScenes, RATES, spentIn, USD } from "../testing/money-scene.ts";
import { deltaEvent, usageEvent } from "../testing/openai-replies.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

const { scene, endAll, ends } = moneyScenes();
afterEach(endAll);

const told = async (reply: Response) => JSON.parse(await reply.text());

describe("a request under a budget", () => {
  test("is refused with 402 where nothing is left, with where the budget stands, and nobody is called", async () => {
    const { gateway, billing } = await scene({ key: 0 });
    const reply = await gateway.chat(hello);
    expect(reply.status).toBe(402);
    expect(reply.headers.get("x-should-retry")).toBe("false");
    const { error } = await told(reply);
    expect(error).toMatchObject({ type: "budget_error", code: "budget_exceeded", param: null });
    expect(error.metadata).toEqual({
      scope: "key",
      limit: "0.000000000",
      spent: "0.000000000",
      reserved: "0.000000000",
      period: "none",
      resets_at: null,
    });
    expect(billing.calls).toBe(0);
    expect(gateway.rows).toMatchObject([
      { status: "refused", httpStatus: 402, errorCode: "budget_exceeded", costNanoUsd: 0, attempts: [] },
    ]);
    expect(JSON.parse(gateway.rows[0]?.decision ?? "")).toMatchObject({
      excluded: { over_budget: 1 },
      left_out: { "p/m": "over_budget" },
    });
  });

  test("goes up with an output limit, which is named, where the caller names none", async () => {
    const { gateway, billing } = await scene({ org: 10 });
    const reply = await gateway.chat(hello);
    expect(reply.status).toBe(200);
    expect(reply.headers.get("x-nyuro-added-params")).toBe("max_tokens");
    expect(billing.upstream.requests[0]?.body.max_tokens).toBe(8192);
  });

  test("without a budget nothing is added", async () => {
    const { gateway, billing } = await scene();
    const reply = await gateway.chat(hello);
    expect(reply.headers.get("x-nyuro-added-params")).toBeNull();
    expect(billing.upstream.requests[0]?.body).toEqual(hello);
  });

  test("gets what is left as its limit where that is less", async () => {
    // 21 bytes of prompt cost 21,000 nano-USD; the rest pays for 100 tokens at 4,000 each.
    const { gateway, billing } = await scene({ key: 421_000 / USD });
    expect((await gateway.chat(hello)).status).toBe(200);
    expect(billing.upstream.requests[0]?.body.max_tokens).toBe(100);
  });

  test("keeps the caller's own limit, under either name, and is refused where that does not fit", async () => {
    const { gateway, billing } = await scene({ key: 421_000 / USD });
    for (const field of ["max_tokens", "max_completion_tokens"]) {
      const reply = await gateway.chat({ ...hello, [field]: 90 });
      expect([reply.status, reply.headers.get("x-nyuro-added-params")]).toEqual([200, null]);
      expect(billing.upstream.requests.at(-1)?.body).toEqual({ ...hello, [field]: 90 });
      expect((await gateway.chat({ ...hello, [field]: 101 })).status).toBe(402);
    }
    expect((await gateway.chat({ ...hello, max_tokens: 46, n: 2 })).status).toBe(402);
  });

  test("skips a candidate that does not fit for one that does", async () => {
    const cheap = price(0.01, 0.01);
    const { gateway } = await scene({ key: 0.000_01 }, undefined, {
      deployments: [
        deployment("p/dear", { price: price(100, 100) }),
        deployment("p/cheap", { price: cheap }),
      ],
    });
    const reply = await gateway.chat({ ...hello, model: undefined, models: ["dear", "cheap"] });
    expect(reply.headers.get("x-nyuro-model")).toBe("cheap");
    expect(reply.headers.get("x-nyuro-fallback-used")).toBe("true");
    expect(reply.headers.get("x-nyuro-attempts")).not.toContain("dear");
  });

  test("is served for nothing where it costs nothing, though nothing is left", async () => {
    const { gateway, money } = await scene({ key: 0, org: 0 }, undefined, {
      deployments: [deployment("p/m", { price: price(0, 0) })],
    });
    const reply = await gateway.chat(hello);
    expect([reply.status, reply.headers.get("x-nyuro-cost-usd")]).toEqual([200, "0.000000000"]);
    expect(heldIn(money)).toBe(0);
  });

  test("of an unknown price is refused, and says so", async () => {
    const { gateway, billing } = await scene({ key: 1 }, undefined, {
      deployments: [deployment("p/m", { price: null })],
    });
    const reply = await gateway.chat(hello);
    expect(reply.status).toBe(402);
    expect((await told(reply)).error.message).toContain("No price is known");
    expect(billing.calls).toBe(0);
    expect(JSON.parse(gateway.rows[0]?.decision ?? "").left_out).toEqual({ "p/m": "price_unknown" });
  });

  test("of an unknown price is served while anything is left where its organization allows that", async () => {
    const { gateway, money } = await scene({ org: 0.000_05 }, undefined, {
      deployments: [deployment("p/free", { price: null }), deployment("p/m", { price: RATES })],
      unknownPrice: "allow",
    });
    expect((await gateway.chat({ ...hello, model: "free" })).status).toBe(200);
    expect(gateway.rows[0]?.costNanoUsd).toBeNull();
    expect(gateway.rows[0]?.usage).not.toBeNull();
    expect(money.balances.figures({ scope: "org", id: "org_test" }, Date.now())?.spentNanoUsd).toBe(0);
  });

  test("is counted by a tokenizer before it is refused, and its count decides", async () => {
    // 4,000 bytes but 1,000 words: 4,000 tokens would not fit, 1,117 do.
    const body = { ...hello, messages: [{ role: "user", content: "word".repeat(1000) }], max_tokens: 1 };
    const counted: number[] = [];
    const countTokens = async (texts: readonly string[]) => {
      counted.push(texts.join("").length);
      return 1000;
    };
    const { gateway } = await scene({ key: 2_000_000 / USD }, undefined, { countTokens });
    expect((await gateway.chat(body)).status).toBe(200);
    const less = await scene({ key: 1_100_000 / USD }, undefined, { countTokens });
    expect((await less.gateway.chat(body)).status).toBe(402);
    // Where not even the fewest tokens would fit, or all bytes do, nobody counts.
    const none = await scene({ key: 100_000 / USD }, undefined, { countTokens });
    expect((await none.gateway.chat(body)).status).toBe(402);
    const rich = await scene({ key: 1 }, undefined, { countTokens });
    expect((await rich.gateway.chat(body)).status).toBe(200);
    expect(counted).toEqual([4000, 4000]);
  });

  test("that could not be counted is not counted again for the next candidate", async () => {
    let counts = 0;
    const countTokens = async () => {
      counts += 1;
      return null;
    };
    const body = { messages: [{ role: "user", content: "word".repeat(1000) }], models: ["a", "b"] };
    const deployments = ["a", "b"].map((model) => deployment(`p/${model}`, { price: RATES }));
    const { gateway } = await scene({ key: 2_000_000 / USD }, undefined, { countTokens, deployments });
    expect((await gateway.chat({ ...body, max_tokens: 1 })).status).toBe(402);
    expect(counts).toBe(1);
  });

  test("is told of a price that nobody knows only where none is known", async () => {
    const deployments = [
      deployment("p/unpriced", { price: null }),
      deployment("p/dear", { price: price(100, 100) }),
    ];
    const { gateway } = await scene({ key: 0.000_01 }, undefined, { deployments });
    const reply = await gateway.chat({ ...hello, model: undefined, models: ["unpriced", "dear"] });
    expect(reply.status).toBe(402);
    expect((await told(reply)).error.message).toStartWith("The request does not fit");
  });

  test("embeddings hold their inputs and get no limit", async () => {
    const { gateway, billing } = await scene({ key: 0.000_02 });
    const embed = (input: string) => gateway.post("/v1/embeddings", { model: "m", input });
    expect((await embed("x".repeat(40))).status).toBe(402);
    expect(billing.calls).toBe(0);
    await embed("x");
    expect(billing.upstream.requests[0]?.body).toEqual({ model: "m", input: "x" });
  });

  test("a hold that cannot be written sends nothing up", async () => {
    const { gateway, money, billing } = await scene({ key: 1 });
    money.setBroken(true);
    const reply = await gateway.chat(hello);
    expect(reply.status).toBe(500);
    expect(await reply.text()).not.toContain("SQLITE");
    expect(billing.calls).toBe(0);
    money.setBroken(false);
    expect((await gateway.chat(hello)).status).toBe(200);
    await money.budgets.writeUnwritten();
    expect(money.balances.holdCount).toBe(0);
    expect(heldIn(money)).toBe(0);
  });
});

describe("an upstream that ignores its output limit", () => {
  const words = (count: number) => Array.from({ length: count }, () => "word ");

  async function endless(onLimit: "cut" | "finish") {
    const upstream = await ScriptedUpstream.start();
    ends(() => upstream.stop());
    let closed = false;
    // Far more than a busy machine reads at once.
    const count = onLimit === "cut" ? 8_000 : 400;
    upstream.on("*", async (request, answer) => {
      request.closed.then(() => {
        closed = true;
      });
      answer.startStream();
      for (const [index, text] of words(count).entries()) {
        answer.chunk(deltaEvent("m", { content: text }));
        if (index % 20 === 19) await Bun.sleep(1);
      }
      answer.chunk(deltaEvent("m", {}, "stop"));
      answer.chunk(usageEvent("m", { prompt: 10, completion: count }));
      answer.chunk("data: [DONE]\n\n");
      answer.endStream();
    });
    const built = await scene({ key: 1 }, undefined, {
      providers: [testProvider("p", upstream.baseUrl, LONG)],
      budgets: { defaultOutputTokens: 8192, onLimit, unknownPrice: "skip" },
    });
    const reply = await built.gateway.chat({ ...hello, stream: true, max_tokens: 50 });
    return { ...built, text: await reply.text(), isClosed: () => closed };
  }

  test("is cut with an error where a budget pays, and billed no more than was held", async () => {
    const { gateway, text, money, isClosed } = await endless("cut");
    const events = text.split("\n\n").filter((event) => event !== "");
    expect(events.length).toBeLessThan(4_000);
    expect(events.at(-1)).toContain('"code":"budget_exceeded"');
    expect(text).not.toContain("[DONE]");
    const [row] = await gateway.rowsWritten(1);
    expect(row).toMatchObject({
      status: "interrupted",
      errorCode: "budget_exceeded",
      usageSource: "counted",
    });
    expect(row?.usage?.output).toBe(50);
    expect(row?.costNanoUsd).toBeLessThanOrEqual(50 * 4_000 + 21 * 1_000);
    expect(spentIn(money)).toBe(row?.costNanoUsd ?? -1);
    while (!isClosed()) await Bun.sleep(1);
  });

  test("may end where the operator lets it, and all of it is billed", async () => {
    const { gateway, text, money } = await endless("finish");
    expect(text).toEndWith("data: [DONE]\n\n");
    const [row] = await gateway.rowsWritten(1);
    expect(row).toMatchObject({ status: "ok", usageSource: "provider", costNanoUsd: 1_610_000 });
    expect(money.balances.figures({ scope: "key", id: "key_test" }, Date.now())?.spentNanoUsd).toBe(
      1_610_000,
    );
  });
});

test("what a failed attempt was billed is in its attempt, in the row's sum, and stays held meanwhile", async () => {
  const upstream = await ScriptedUpstream.start();
  ends(() => upstream.stop());
  upstream.on("first", (_, answer) => {
    answer.startStream();
    answer.chunk(usageEvent("first", { prompt: 10, completion: 3 }));
    answer.chunk(`data: {"error":{"message":"broken","type":"server_error","code":null}}\n\n`);
    answer.endStream();
  });
  upstream.on("second", (_, answer) => {
    answer.startStream();
    answer.chunk(deltaEvent("second", { content: "Hi" }));
    answer.chunk(deltaEvent("second", {}, "stop"));
    answer.chunk(usageEvent("second", { prompt: 10, completion: 1 }));
    answer.chunk("data: [DONE]\n\n");
    answer.endStream();
  });
  const { gateway, money } = await scene({ key: 1 }, undefined, {
    providers: [testProvider("p", upstream.baseUrl, LONG)],
    deployments: ["first", "second"].map((model) => deployment(`p/${model}`, { price: RATES })),
  });
  const reply = await gateway.chat({ ...hello, model: undefined, models: ["first", "second"], stream: true });
  expect(await reply.text()).toContain("Hi");
  const [row] = await gateway.rowsWritten(1);
  expect(row?.attempts).toMatchObject([{ costNanoUsd: 22_000 }, { outcome: "ok" }]);
  expect(row?.usage).toMatchObject({ input: 20, output: 4 });
  expect([row?.costNanoUsd, spentIn(money)]).toEqual([36_000, 36_000]);
});

describe("a thousand requests at once against a budget worth a hundred", () => {
  test.each(Array.from({ length: 20 }, (_, index) => index + 1))("seed %i", async (seed) => {
    const random = seeded(seed);
    const worst = 21_000 + 50 * 4_000;
    const limitNanoUsd = worst * 100;
    const { gateway, money, billing } = await scene(
      { [seed % 2 ? "key" : "org"]: limitNanoUsd / USD },
      async () => {
        if (random() < 0.5) await Bun.sleep(Math.floor(random() * 4));
        if (random() < 0.02) return null;
        return { prompt: 1 + Math.floor(random() * 21), completion: Math.floor(random() * 80) };
      },
    );
    const owner = { scope: seed % 2 ? "key" : "org", id: seed % 2 ? "key_test" : "org_test" } as const;
    let most = 0;
    const watching = setInterval(() => {
      const now = money.balances.figures(owner, Date.now());
      most = Math.max(most, (now?.spentNanoUsd ?? 0) + (now?.reservedNanoUsd ?? 0));
    }, 1);
    const refusals: Record<string, string>[] = [];
    const statuses = new Map<number, number>();
    await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        const reply = await gateway.chat({ ...hello, max_tokens: 50, stream: index % 3 === 0 });
        const text = await reply.text();
        statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
        if (reply.status === 402) refusals.push(JSON.parse(text).error.metadata);
      }),
    );
    clearInterval(watching);
    const nano = (usd: string | undefined) => Math.round(Number(usd) * USD);
    expect(most).toBeLessThanOrEqual(limitNanoUsd);
    expect(spentIn(money)).toBe(billing.billedNanoUsd);
    expect(billing.billedNanoUsd).toBeLessThanOrEqual(limitNanoUsd);
    for (const { spent, reserved } of refusals)
      expect(nano(spent) + nano(reserved) + worst).toBeGreaterThan(limitNanoUsd);
    expect([statuses.get(200) ?? 0, refusals.length].map((count) => count > 0)).toEqual([true, true]);
    expect(gateway.rows).toHaveLength(1000);
    expect([heldIn(money), money.balances.holdCount]).toEqual([0, 0]);
    expect(money.balances.figures(owner, Date.now())).toMatchObject({
      spentNanoUsd: billing.billedNanoUsd,
      reservedNanoUsd: 0,
    });
  }, 30_000);
});

/** https://en.wikipedia.org/wiki/Linear_congruential_generator, the constants of Numerical Recipes. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
