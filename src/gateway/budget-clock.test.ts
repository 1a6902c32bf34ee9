import { afterEach, expect, test } from "bun:test";
import fc from "fast-check";
import { fixedClock } from "../testing/clock.ts";
import { heldIn, hello, moneyScenes, spentIn } from "../testing/money-scene.ts";

const { scene, endAll } = moneyScenes();
afterEach(endAll);

const DAY_MS = 24 * 3600 * 1000;
const NOON = Date.parse("2026-11-22T12:00:00Z");
const OWNERS = [
  { scope: "key", id: "key_test", orgId: "org_test" },
  { scope: "org", id: "org_test", orgId: "org_test" },
] as const;
/** Each request holds this much and costs less. */
const WORST = 21_000 + 50 * 4_000;
const COST = 10_000 + 40 * 4_000;
/** Worth three at once. */
const LIMIT = 3 * WORST;

/** A gateway under daily budgets whose clock is set by hand, before an upstream that answers when it is told to. */
async function daily() {
  const clock = fixedClock(NOON);
  let called: (answer: () => void) => void = () => {};
  const plan = async () => {
    await new Promise<void>((answer) => called(answer));
    return { prompt: 10, completion: 40 };
  };
  const built = await scene({}, plan, { clock });
  const { balances, db } = built.money;
  const budget = { limitNanoUsd: LIMIT, period: "daily", alertThreshold: 0.8 } as const;
  balances.set(
    OWNERS.map((owner) => ({ owner, budget, timeZone: "UTC" })),
    clock.now(),
  );
  const figures = (timeMs: number) =>
    OWNERS.map((owner) => {
      const { spentNanoUsd = -1, reservedNanoUsd = -1 } = balances.figures(owner, timeMs) ?? {};
      return { spentNanoUsd, reservedNanoUsd };
    });
  const rowsOf = (timeMs: number) => {
    const startMs = Math.floor(timeMs / DAY_MS) * DAY_MS;
    return db
      .query<{ sum: number }, [number, number]>(
        "SELECT coalesce(sum(cost_nano_usd), 0) AS sum FROM requests WHERE time_ms >= ? AND time_ms < ?",
      )
      .get(startMs, startMs + DAY_MS)?.sum;
  };
  const underWay: (() => Promise<Response>)[] = [];
  /** Resolves to the status of a refusal at once, or to null once the upstream was called: it answers when asked to. */
  const ask = async () => {
    const reachedUpstream = new Promise<() => void>((resolve) => {
      called = resolve;
    });
    const reply = built.gateway.chat({ ...hello, max_tokens: 50 });
    const first = await Promise.race([reply, reachedUpstream]);
    if (first instanceof Response) return first.status;
    underWay.push(() => {
      first();
      return reply;
    });
    return null;
  };
  return { ...built, clock, underWay, figures, rowsOf, ask };
}

test("a clock that is set back a day in the middle of requests: each is paid by the day it came on", async () => {
  const { clock, underWay, figures, rowsOf, ask, money } = await daily();
  expect([await ask(), await ask()]).toEqual([null, null]);
  clock.setNow(NOON - DAY_MS);
  // Yesterday has a budget of its own, which what is under way does not touch.
  expect([await ask(), await ask(), await ask()]).toEqual([null, null, null]);
  expect(await ask()).toBe(402);
  const held = (count: number) => ({ spentNanoUsd: 0, reservedNanoUsd: count * WORST });
  expect([figures(NOON), figures(NOON - DAY_MS)]).toEqual([
    [held(2), held(2)],
    [held(3), held(3)],
  ]);
  const replies = await Promise.all(underWay.map((answer) => answer()));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  const spent = (count: number) => ({ spentNanoUsd: count * COST, reservedNanoUsd: 0 });
  for (const at of [NOON - DAY_MS, NOON]) {
    clock.setNow(at);
    const count = at === NOON ? 2 : 3;
    expect([figures(at), rowsOf(at)]).toEqual([[spent(count), spent(count)], count * COST]);
  }
  expect([spentIn(money), heldIn(money)]).toEqual([5 * COST, 0]);
});

type Step = "ask" | "answer" | "answer the last" | { days: number };
const step = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Step>("ask") },
  { weight: 2, arbitrary: fc.constantFrom<Step>("answer", "answer the last") },
  { weight: 2, arbitrary: fc.integer({ min: -3, max: 3 }).map((days): Step => ({ days })) },
);

test("however often the clock jumps, no day spends past its limit, refuses for nothing, or forgets", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const { clock, underWay, figures, rowsOf, ask, money } = await daily();
      let asked = 0;
      const days = new Set([NOON]);
      for (const it of steps) {
        const [before] = figures(clock.now());
        const taken = (before?.spentNanoUsd ?? 0) + (before?.reservedNanoUsd ?? 0);
        if (it === "ask") {
          const fits = taken + WORST <= LIMIT;
          expect(await ask()).toBe(fits ? null : 402);
          if (fits) asked += 1;
        } else if (typeof it === "object") clock.setNow(clock.now() + it.days * DAY_MS);
        else await (it === "answer" ? underWay.shift() : underWay.pop())?.();
        days.add(clock.now());
        for (const { spentNanoUsd, reservedNanoUsd } of figures(clock.now()))
          expect(spentNanoUsd + reservedNanoUsd).toBeLessThanOrEqual(LIMIT);
      }
      for (const answer of underWay) expect((await answer()).status).toBe(200);
      for (const day of days) {
        const spentNanoUsd = rowsOf(day) ?? -1;
        expect(figures(day)).toEqual(OWNERS.map(() => ({ spentNanoUsd, reservedNanoUsd: 0 })));
        expect(spentNanoUsd).toBeLessThanOrEqual(LIMIT);
      }
      expect([spentIn(money), heldIn(money)]).toEqual([asked * COST, 0]);
      expect([heldIn(money), money.balances.holdCount]).toEqual([0, 0]);
      await endAll();
    }),
    { numRuns: 40, seed: 20_261_122, endOnFailure: true },
  );
}, 60_000);
