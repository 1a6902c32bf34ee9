import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { systemClock } from "../core/clock.ts";
import type { Provider } from "../providers/contract.ts";
import { deployment, price } from "../testing/catalog.ts";
import { type FixedClock, fixedClock } from "../testing/clock.ts";
import { startGateway, type TestGateway, type TestGatewayOptions, testProvider } from "../testing/gateway.ts";
import { completion, streamEvents } from "../testing/openai-replies.ts";
import { type Script, ScriptedUpstream } from "../testing/scripted-upstream.ts";

let upstream: ScriptedUpstream;
let nyuro: TestGateway;
let clock: FixedClock;

beforeEach(async () => {
  upstream = await ScriptedUpstream.start();
  clock = fixedClock(1_800_000_000_000);
});
afterEach(async () => {
  await nyuro.stop();
  await upstream.stop();
});

const IDS = ["one", "two", "three", "four", "five", "six", "seven"];
const WORKS: Script = ({ body }, answer) => answer.json(200, completion(String(body.model), "fine"));
const refuses =
  (status: number, headers: Record<string, string> = {}, code: string | null = null): Script =>
  (_, answer) =>
    answer.json(status, { error: { message: "no", code } }, headers);

/** As many candidates as scripts, each at its own provider, cheapest first; the clock stands still. */
function start(scripts: readonly Script[], rest: Partial<TestGatewayOptions> = {}): void {
  const ids = IDS.slice(0, scripts.length);
  scripts.forEach((script, i) => {
    upstream.on(`up-${ids[i]}`, script);
  });
  nyuro = startGateway({
    clock,
    providers: ids.map((id) => testProvider(id, upstream.baseUrl)),
    deployments: ids.map((id, i) =>
      deployment(`${id}/m`, { upstream: `up-${id}`, price: price(i + 1, 1), contextLength: (i + 1) * 1000 }),
    ),
    ...rest,
  });
}

const ask = (rest: Record<string, unknown> = {}) =>
  nyuro.chat({ model: "m", messages: [{ role: "user", content: "hi" }], ...rest });
const called = () => upstream.requests.map(({ body }) => String(body.model).slice(3));

describe("a connection that ends before any byte", () => {
  test("is tried once more at the same candidate, and both calls are told", async () => {
    let calls = 0;
    start([(request, answer) => (++calls === 1 ? answer.reset() : WORKS(request, answer)), WORKS]);
    const response = await ask();
    expect(response.status).toBe(200);
    expect(called()).toEqual(["one", "one"]);
    expect(response.headers.get("x-nyuro-attempts")).toBe("one/m=network@0ms, one/m=ok@0ms");
    expect(response.headers.get("x-nyuro-fallback-used")).toBe("false");
    expect(response.headers.get("x-nyuro-route-reason")).toBe("alias");
    expect(nyuro.rows[0]?.attempts.map(({ outcome }) => outcome)).toEqual(["network", "ok"]);
  });

  test("counts towards the most attempts, retry included", async () => {
    start([(_, answer) => answer.reset(), (_, answer) => answer.reset(), WORKS], { maxAttempts: 3 });
    const response = await ask();
    expect(response.status).toBe(502);
    expect(called()).toEqual(["one", "one", "two"]);
    expect(nyuro.rows[0]?.attempts).toHaveLength(3);
  });

  test("is one faulty request for the breaker, not two", async () => {
    start([(_, answer) => answer.reset(), WORKS]);
    for (let i = 0; i < 2; i++) await ask();
    expect(nyuro.gateway.health.rest("one/m")).toBeNull();
    await ask();
    expect(nyuro.gateway.health.rest("one/m")).toMatchObject({ reason: "network" });
  });
});

test("no more candidates are called than routing.max_attempts", async () => {
  start(Array(7).fill(refuses(503)));
  const response = await ask();
  expect(response.status).toBe(503);
  expect(called()).toEqual(IDS.slice(0, 5));
  expect(response.headers.get("x-nyuro-candidates")?.split(", ")).toHaveLength(7);
});

describe("a rate-limited deployment", () => {
  test("is never called early: alone, it answers with what remains of retry-after", async () => {
    start([refuses(429, { "retry-after": "30" })]);
    const first = await ask();
    expect([first.status, first.headers.get("retry-after")]).toEqual([429, "30"]);
    clock.advance(20_000);
    const second = await ask();
    expect(second.status).toBe(429);
    expect(second.headers.get("retry-after")).toBe("10");
    expect(second.headers.get("retry-after-ms")).toBe("10000");
    expect(second.headers.get("x-nyuro-route-reason")).toBe("alias; fallback=resting");
    expect(second.headers.get("x-nyuro-fallback-used")).toBe("true");
    expect(second.headers.has("x-should-retry")).toBe(false);
    expect(await second.json()).toMatchObject({
      error: { code: "all_candidates_failed", type: "rate_limit_error" },
    });
    expect(called()).toEqual(["one"]);
    expect(nyuro.rows.at(-1)).toMatchObject({ status: "error", httpStatus: 429, attempts: [] });
    clock.advance(10_001);
    await ask();
    expect(called()).toEqual(["one", "one"]);
  });

  test("without retry-after rests 5 s", async () => {
    start([refuses(429), WORKS]);
    await ask();
    clock.advance(4_999);
    await ask();
    expect(called()).toEqual(["one", "two", "two"]);
    clock.advance(2);
    await ask();
    expect(called().slice(3)).toEqual(["one", "two"]);
  });

  test("stands last in the chain, and leaving it is a fallback", async () => {
    start([refuses(429, { "retry-after": "30" }), WORKS]);
    await ask();
    const response = await ask();
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      "x-nyuro-candidates": "two/m, one/m",
      "x-nyuro-route-reason": "alias; fallback=resting",
      "x-nyuro-fallback-used": "true",
      "x-nyuro-attempts": "two/m=ok@0ms",
    });
    expect(nyuro.rows.at(-1)).toMatchObject({ fallbackUsed: true, routeReason: "alias; fallback=resting" });
  });

  test("the shortest wait of all is told", async () => {
    start([refuses(429, { "retry-after": "30" }), refuses(429, { "retry-after-ms": "1500" })]);
    const response = await ask();
    expect(response.headers.get("retry-after")).toBe("2");
    expect(response.headers.get("retry-after-ms")).toBe("1500");
  });

  test("beside another fault is no 429", async () => {
    start([refuses(429), refuses(500)]);
    const response = await ask();
    expect(response.status).toBe(503);
    expect(response.headers.has("retry-after")).toBe(false);
    expect(response.headers.get("x-should-retry")).toBe("false");
  });
});

describe("a provider of which the whole is out of reach", () => {
  const PLANNED = ["one/a", "one/b", "one/c", "two/d"];

  /** Three deployments of provider one in front of one of provider two; `rest` says how provider one is reached. */
  function startWith(
    script: Script,
    rest: Partial<Provider> = {},
    options: Partial<TestGatewayOptions> = {},
  ) {
    for (const model of ["a", "b", "c"]) upstream.on(`up-${model}`, script);
    upstream.on("up-d", WORKS);
    start([], {
      providers: [testProvider("one", upstream.baseUrl, rest), testProvider("two", upstream.baseUrl)],
      deployments: PLANNED.map((id) => deployment(id, { upstream: `up-${id.at(-1)}` })),
      aliases: { m: ["a", "b", "c", "d"] },
      ...options,
    });
  }

  test.each<[string, Script, Partial<Provider>, string]>([
    ["resets", (_, answer) => answer.reset(), {}, "one/a=network@0ms, one/a=network@0ms, two/d=ok@0ms"],
    ["refuses connections", WORKS, { baseUrl: "http://127.0.0.1:1/v1" }, "one/a=network@0ms, two/d=ok@0ms"],
    ["refuses our credential", refuses(401), {}, "one/a=upstream_auth@0ms, two/d=ok@0ms"],
    ["has no credit for us", refuses(402), {}, "one/a=upstream_auth@0ms, two/d=ok@0ms"],
    [
      "says that our quota is spent",
      refuses(429, {}, "insufficient_quota"),
      {},
      "one/a=upstream_auth@0ms, two/d=ok@0ms",
    ],
  ])("that %s: another one is called next, and the chain is told as it was planned", async (...it) => {
    const [, script, rest, attempts] = it;
    startWith(script, rest);
    const response = await ask();
    expect(response.status).toBe(200);
    expect(response.headers.get("x-nyuro-attempts")).toBe(attempts);
    expect(response.headers.get("x-nyuro-candidates")).toBe(PLANNED.join(", "));
    expect(response.headers.get("x-nyuro-fallback-used")).toBe("true");
  });

  test("to which no connection opens is given up once, not once per deployment", async () => {
    const timeouts = { connectMs: 30, firstContentMs: 5_000, idleMs: 5_000, totalMs: 9_000 };
    startWith(() => {}, { timeouts }, { clock: systemClock, probe: async () => false });
    const response = await ask();
    expect(response.status).toBe(200);
    expect(nyuro.rows[0]?.attempts.map(({ outcome }) => outcome)).toEqual(["timeout", "ok"]);
    expect(called()).toEqual(["a", "d"]);
  });

  test.each<[string, Script]>([
    ["403", refuses(403)],
    ["404", refuses(404)],
    ["503", refuses(503)],
    ["429", refuses(429)],
  ])("is not concluded from a %s, which may mean one model", async (_, script) => {
    startWith(script);
    expect((await ask()).status).toBe(200);
    expect(called()).toEqual(["a", "b", "c", "d"]);
  });

  test("is still called where nobody else is left, at most as often as allowed", async () => {
    startWith((_, answer) => answer.reset());
    upstream.on("up-d", refuses(500));
    const response = await ask();
    expect(response.status).toBe(503);
    expect(called()).toEqual(["a", "a", "d", "b", "b"]);
  });
});

describe("a deployment that refuses us", () => {
  test.each([401, 402, 403, 404])("with %i rests 60 s and the operator is told", async (status) => {
    start([refuses(status), WORKS]);
    const response = await ask();
    expect(response.headers.get("x-nyuro-provider")).toBe("two");
    const logged = JSON.parse(nyuro.logs[0] ?? "{}");
    expect(logged).toMatchObject({
      request: response.headers.get("x-request-id"),
      deployment: "one/m",
      status,
      message: expect.stringContaining("the provider refuses us"),
    });
    clock.advance(59_999);
    await ask();
    expect(called()).toEqual(["one", "two", "two"]);
    clock.advance(2);
    await ask();
    expect(called().slice(3)).toEqual(["one", "two"]);
  });

  test("is still called where nothing else is left", async () => {
    start([refuses(401)]);
    await ask();
    await ask();
    expect(called()).toEqual(["one", "one"]);
  });
});

describe("the breaker", () => {
  test("opens after three faulty requests in a row; then the next one goes elsewhere first", async () => {
    start([refuses(500), WORKS]);
    for (let i = 0; i < 3; i++) await ask();
    expect(called()).toEqual(["one", "two", "one", "two", "one", "two"]);
    const response = await ask();
    expect(called().slice(6)).toEqual(["two"]);
    expect(response.headers.get("x-nyuro-route-reason")).toBe("alias; fallback=resting");
  });

  test("does not keep a request from the last one standing", async () => {
    start([refuses(500)]);
    for (let i = 0; i < 5; i++) expect((await ask()).status).toBe(503);
    expect(called()).toHaveLength(5);
  });

  test("is not moved by the caller's own faults", async () => {
    start([refuses(400), WORKS]);
    for (let i = 0; i < 4; i++) expect((await ask()).status).toBe(400);
    expect(nyuro.gateway.health.rest("one/m")).toBeNull();
    expect(called()).toEqual(["one", "one", "one", "one"]);
  });
});

test("how fast a deployment is counts from its first content on, and counts once", async () => {
  const { promise: goOn, resolve: end } = Promise.withResolvers<void>();
  start([
    async (_, answer) => {
      clock.advance(250);
      answer.startStream();
      const [first = "", ...others] = streamEvents("up-one", ["Hel", "lo"]);
      answer.chunk(first + others.splice(0, 2).join(""));
      await goOn;
      answer.chunk(others.join(""));
      answer.endStream();
    },
  ]);
  const response = await ask({ stream: true });
  const { health } = nyuro.gateway;
  expect(health.view("one/m")).toMatchObject({ ttftP50Ms: 250, inFlight: 1 });
  clock.advance(100);
  end();
  expect(await response.text()).toContain("[DONE]");
  expect(health.view("one/m")).toMatchObject({ ttftP50Ms: 250, inFlight: 0 });
  expect(health.snapshot().deployments["one/m"]?.latency).toHaveLength(1);
});

describe("a prompt too long for a model", () => {
  const tooLong = refuses(400, {}, "context_length_exceeded");

  test("goes on to larger windows only", async () => {
    start([WORKS, tooLong, WORKS], {
      deployments: [
        deployment("one/m", { upstream: "up-two", price: price(1, 1), contextLength: 2000 }),
        deployment("two/m", { upstream: "up-one", price: price(2, 1), contextLength: 1000 }),
        deployment("three/m", { upstream: "up-three", price: price(3, 1), contextLength: 4000 }),
      ],
    });
    const response = await ask();
    expect(response.headers.get("x-nyuro-provider")).toBe("three");
    expect(response.headers.get("x-nyuro-route-reason")).toBe("alias; fallback=context_too_long");
    expect(called()).toEqual(["two", "three"]);
  });

  test("with no larger window left is the caller's error, in the provider's words", async () => {
    start([tooLong, tooLong]);
    const response = await ask();
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "context_length_exceeded", message: "no" },
    });
    expect(called()).toEqual(["one", "two"]);
  });
});

describe("max_parallel", () => {
  /** Answers only when the test says so. */
  function held() {
    const waiting: (() => void)[] = [];
    const arrivals: (() => void)[] = [];
    const script: Script = (request, answer) => {
      waiting.push(() => WORKS(request, answer));
      arrivals.shift()?.();
    };
    const arrival = () => new Promise<void>((resolve) => arrivals.push(resolve));
    return { script, waiting, arrival };
  }

  test("sends the surplus to the next candidate, and calls it again once it is free", async () => {
    const { script, waiting, arrival } = held();
    start([script, WORKS], {
      deployments: [
        deployment("one/m", { upstream: "up-one", price: price(1, 1), maxParallel: 1 }),
        deployment("two/m", { upstream: "up-two", price: price(2, 1) }),
      ],
    });
    const arrived = arrival();
    const first = ask();
    await arrived;
    const second = await ask();
    expect(second.headers.get("x-nyuro-provider")).toBe("two");
    expect(second.headers.get("x-nyuro-route-reason")).toBe("alias; fallback=resting");
    waiting.pop()?.();
    expect((await first).headers.get("x-nyuro-provider")).toBe("one");
    const again = arrival();
    const third = ask();
    await again;
    waiting.pop()?.();
    expect((await third).headers.get("x-nyuro-provider")).toBe("one");
  });

  test("alone, the surplus is told to come back", async () => {
    const { script, waiting, arrival } = held();
    start([script], { deployments: [deployment("one/m", { upstream: "up-one", maxParallel: 1 })] });
    const arrived = arrival();
    const first = ask();
    await arrived;
    const second = await ask();
    expect([second.status, second.headers.get("retry-after")]).toEqual([429, "1"]);
    waiting.pop()?.();
    expect((await first).status).toBe(200);
    expect(called()).toEqual(["one"]);
  });
});
