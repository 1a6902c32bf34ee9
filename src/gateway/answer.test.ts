import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { openaiDialect } from "../providers/dialects/openai/dialect.ts";
import { deployment, price } from "../testing/catalog.ts";
import { startGateway, type TestGateway, testProvider, UPSTREAM_SECRET } from "../testing/gateway.ts";
import { completion, streamEvents } from "../testing/openai-replies.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
const ask = (rest: Record<string, unknown> = {}) => ({
  model: "gpt",
  messages: [{ role: "user", content: "hi" }],
  ...rest,
});

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  nyuro = startGateway({
    providers: [
      testProvider("one", upstream.baseUrl),
      testProvider("two", upstream.baseUrl, { takesMetadata: true }),
    ],
    deployments: [
      deployment("one/gpt", { upstream: "gpt-one", price: price(0.15, 0.6) }),
      deployment("two/gpt", { upstream: "gpt-two", price: price(3, 15) }),
      deployment("two/unpriced", { upstream: "gpt-unpriced", price: null }),
    ],
  });
});
afterAll(async () => {
  await nyuro.stop();
  await upstream.stop();
});
beforeEach(() => {
  nyuro.rows.length = 0;
  upstream.requests.length = 0;
});

describe("an answer without streaming", () => {
  test("is the provider's body with the canonical model, and the headers tell what happened", async () => {
    upstream.on("gpt-one", (_, answer) =>
      answer.json(200, { ...completion("gpt-one-2024", "hello"), extra: { kept: true } }),
    );
    const response = await nyuro.chat(ask());
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ...completion("gpt", "hello"), extra: { kept: true } });
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      "x-nyuro-model": "gpt",
      "x-nyuro-provider": "one",
      "x-nyuro-route-reason": "alias",
      "x-nyuro-fallback-used": "false",
      "x-nyuro-candidates": "one/gpt, two/gpt",
      "x-nyuro-cost-usd": "0.000004500",
      "content-type": "application/json; charset=utf-8",
    });
    expect(headers["x-request-id"]).toMatch(/^req_[0-9a-z]{11}$/);
    expect(headers["x-nyuro-attempts"]).toMatch(/^one\/gpt=ok@\d+ms$/);
    expect(headers["server-timing"]).toMatch(/^gw;dur=[\d.]+, upstream;dur=[\d.]+$/);
    expect(nyuro.rows).toHaveLength(1);
    expect(nyuro.rows[0]).toMatchObject({
      status: "ok",
      httpStatus: 200,
      model: "gpt",
      provider: "one",
      costNanoUsd: 4500,
      usageSource: "provider",
      stream: false,
    });
  });

  test("unknown fields go up, ours do not, metadata only where it is taken", async () => {
    upstream.on("gpt-one", (_, answer) => answer.json(200, completion("gpt-one", "x")));
    const response = await nyuro.chat(
      ask({
        future_field: [1],
        provider: { only: ["one"] },
        models: ["gpt"],
        route: "fallback",
        usage: { include: true },
        metadata: { a: "b" },
      }),
    );
    expect(upstream.requests[0]?.body).toEqual({
      model: "gpt-one",
      messages: [{ role: "user", content: "hi" }],
      future_field: [1],
    });
    expect(response.headers.get("x-nyuro-dropped-params")).toBe("metadata");
    expect(await response.json()).toMatchObject({ usage: { cost: 0.0000045 } });
  });

  test("an unknown price is null, not zero, and leaves the cost header out", async () => {
    upstream.on("gpt-unpriced", (_, answer) => answer.json(200, completion("x", "y")));
    const response = await nyuro.chat(ask({ model: "unpriced" }));
    expect(response.headers.has("x-nyuro-cost-usd")).toBe(false);
    expect(nyuro.rows[0]?.costNanoUsd).toBeNull();
  });

  test("without usage from the provider the row says counted", async () => {
    upstream.on("gpt-one", (_, answer) =>
      answer.json(200, { ...completion("gpt-one", "12345678"), usage: undefined }),
    );
    await nyuro.chat(ask());
    expect(nyuro.rows[0]).toMatchObject({ usageSource: "counted", usage: { output: 2 } });
  });
});

const words = ["Hel", "lo ", "wörld"];

describe("a stream", () => {
  test("is the provider's bytes with the canonical model; [DONE] comes after the row", async () => {
    upstream.on("gpt-one", async (_, answer) => {
      answer.startStream();
      for (const event of streamEvents("gpt-one", words)) answer.chunk(event);
      answer.endStream();
    });
    const response = await nyuro.chat(ask({ stream: true, stream_options: { include_usage: true } }));
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    expect(response.headers.get("x-nyuro-provider")).toBe("one");
    expect(response.headers.has("x-nyuro-cost-usd")).toBe(false);
    const text = await response.text();
    expect(text).toBe(streamEvents("gpt", words).join(""));
    expect(nyuro.rows[0]).toMatchObject({
      status: "ok",
      stream: true,
      usage: { input: 10, output: 5 },
      costNanoUsd: 4500,
    });
  });

  test("usage is asked for upstream and hidden from a client that did not ask", async () => {
    upstream.on("gpt-one", async (_, answer) => {
      answer.startStream();
      answer.chunk(streamEvents("gpt-one", words).join(""));
      answer.endStream();
    });
    const response = await nyuro.chat(ask({ stream: true }));
    const events = streamEvents("gpt", words);
    expect(await response.text()).toBe([...events.slice(0, -2), events.at(-1)].join(""));
    expect(upstream.requests[0]?.body.stream_options).toEqual({ include_usage: true });
    expect(response.headers.get("x-nyuro-added-params")).toBe("stream_options.include_usage");
    expect(nyuro.rows[0]).toMatchObject({ usageSource: "provider" });
  });

  test("an error as the first event falls back, and the client sees a clean stream", async () => {
    upstream.on("gpt-one", async (_, answer) => {
      answer.startStream();
      answer.chunk(
        `data: ${JSON.stringify({ error: { message: "busy", type: "server_error", code: "overloaded" } })}\n\n`,
      );
      answer.endStream();
    });
    upstream.on("gpt-two", async (_, answer) => {
      answer.startStream();
      answer.chunk(streamEvents("gpt-two", words).join(""));
      answer.endStream();
    });
    const response = await nyuro.chat(ask({ stream: true, stream_options: { include_usage: true } }));
    expect(await response.text()).toBe(streamEvents("gpt", words).join(""));
    expect(response.headers.get("x-nyuro-fallback-used")).toBe("true");
    expect(response.headers.get("x-nyuro-route-reason")).toBe("alias; fallback=overloaded");
    expect(response.headers.get("x-nyuro-attempts")).toMatch(
      /^one\/gpt=overloaded@\d+ms, two\/gpt=ok@\d+ms$/,
    );
  });

  test("a cut behind the first content is told in band and never looks finished", async () => {
    upstream.on("gpt-one", async (_, answer) => {
      answer.startStream();
      for (const event of streamEvents("gpt-one", words).slice(0, 3)) answer.chunk(event);
      setTimeout(() => answer.reset(), 20);
    });
    const text = await (await nyuro.chat(ask({ stream: true }))).text();
    expect(text).not.toContain("[DONE]");
    expect(text).not.toContain(UPSTREAM_SECRET);
    expect(text).toContain('data: {"error":{');
    expect(nyuro.rows[0]).toMatchObject({
      status: "interrupted",
      usageSource: "counted",
      attempts: [{ outcome: "interrupted" }],
    });
  });
});

describe("a client that goes away", () => {
  test("before the answer: the upstream is closed and the row says canceled at no cost", async () => {
    const seen = Promise.withResolvers<{ closed: Promise<void> }>();
    upstream.on("gpt-one", (request) => seen.resolve(request));
    const controller = new AbortController();
    const asked = nyuro.chat(ask(), { signal: controller.signal }).catch(() => "aborted");
    const { closed } = await seen.promise;
    controller.abort();
    await closed;
    expect(await asked).toBe("aborted");
    const [row] = await nyuro.rowsWritten(1);
    expect(row).toMatchObject({ status: "canceled", httpStatus: 499, usageSource: "none", costNanoUsd: 0 });
  });

  test("behind the provider's first bytes: the prompt is billed, as a count", async () => {
    const heard = Promise.withResolvers<void>();
    const streamReader: typeof openaiDialect.streamReader = (options) => {
      heard.resolve();
      return openaiDialect.streamReader(options);
    };
    const listening = startGateway({
      providers: [testProvider("one", upstream.baseUrl)],
      deployments: [deployment("one/gpt", { upstream: "gpt-one" })],
      dialect: { ...openaiDialect, streamReader },
    });
    upstream.on("gpt-one", (_, answer) => {
      answer.startStream();
      answer.chunk(streamEvents("gpt-one", words)[0] ?? "");
    });
    const controller = new AbortController();
    const asked = listening.chat(ask({ stream: true }), { signal: controller.signal }).catch(() => "aborted");
    await heard.promise;
    controller.abort();
    expect(await asked).toBe("aborted");
    const [row] = await listening.rowsWritten(1);
    expect(row).toMatchObject({
      status: "canceled",
      usageSource: "counted",
      usage: { input: 5, output: 0 },
      attempts: [{ outcome: "canceled" }],
    });
    await listening.stop();
  });

  test("mid-stream: the upstream is closed and what was delivered is billed", async () => {
    const seen = Promise.withResolvers<{ closed: Promise<void> }>();
    upstream.on("gpt-one", (request, answer) => {
      seen.resolve(request);
      answer.startStream();
      for (const event of streamEvents("gpt-one", ["some", "text"]).slice(0, 3)) answer.chunk(event);
    });
    const controller = new AbortController();
    const response = await nyuro.chat(ask({ stream: true }), { signal: controller.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    controller.abort();
    await (await seen.promise).closed;
    const [row] = await nyuro.rowsWritten(1);
    expect(row).toMatchObject({ status: "canceled", httpStatus: 499, usageSource: "counted" });
  });
});
