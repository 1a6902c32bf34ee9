import { expect, test } from "bun:test";
import fc from "fast-check";
import type { RateLimit } from "../core/rate-limit.ts";
import { type FixedClock, fixedClock } from "../testing/clock.ts";
import { Admission, RateLimits, type RateRefusal } from "./rate-limits.ts";

const NONE: RateLimit = { rpm: null, tpm: null, maxParallel: null };
const only = (limit: Partial<RateLimit>): RateLimit => ({ ...NONE, ...limit });

const figure = (max: number) => fc.option(fc.nat({ max }), { nil: null });
const limit = fc.option(fc.record({ rpm: figure(8), tpm: figure(2_000), maxParallel: figure(4) }), {
  nil: null,
});

const KEYS = ["key_a", "key_b", "key_c"] as const;
/** Two keys of one organization, and one of another. */
const ORG_OF = { key_a: "org_x", key_b: "org_x", key_c: "org_y" } as const;
type KeyId = (typeof KEYS)[number];

type Step =
  | { kind: "wait"; ms: number }
  | { kind: "ask"; keyId: KeyId; tokens: number }
  | { kind: "end"; which: number; tokens: number | null }
  | { kind: "limit"; id: KeyId | "org_x" | "org_y"; limit: RateLimit | null };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.nat({ max: 25_000 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("ask"),
      keyId: fc.constantFrom(...KEYS),
      tokens: fc.nat({ max: 700 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("end"),
      which: fc.nat({ max: 20 }),
      tokens: fc.option(fc.nat({ max: 1_500 }), { nil: null }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("limit"),
      id: fc.constantFrom(...KEYS, "org_x", "org_y"),
      limit,
    }),
  },
);

/** What the limits are a promise about, kept the long way: every entry there ever was. */
class Model {
  readonly limits = new Map<string, RateLimit>();
  readonly requests: { id: string; atMs: number }[] = [];
  readonly tokens: { id: string; atMs: number; amount: number }[] = [];
  readonly inFlight = new Map<string, number>();
  readonly open: { admission: Admission; ids: string[]; entries: Model["tokens"]; reserved: number }[] = [];

  of(id: string, nowMs: number, windowMs: number) {
    const fromMs = nowMs - windowMs;
    const inWindow = <T extends { id: string; atMs: number }>(entry: T) =>
      entry.id === id && entry.atMs > fromMs;
    return {
      requests: this.requests.filter(inWindow).length,
      tokens: this.tokens.filter(inWindow).reduce((sum, { amount }) => sum + amount, 0),
      inFlight: this.inFlight.get(id) ?? 0,
    };
  }

  /** True if a request of so many tokens would pass a window of that length. */
  fits(id: string, tokens: number, nowMs: number, windowMs: number): boolean {
    const { rpm, tpm, maxParallel } = this.limits.get(id) ?? NONE;
    const taken = this.of(id, nowMs, windowMs);
    return (
      (rpm === null || taken.requests + 1 <= rpm) &&
      (tpm === null || taken.tokens + tokens <= tpm) &&
      (maxParallel === null || taken.inFlight + 1 <= maxParallel)
    );
  }

  admitted(admission: Admission, ids: string[], atMs: number, reserved: number): void {
    const entries = ids.map((id) => ({ id, atMs, amount: reserved }));
    this.tokens.push(...entries);
    for (const id of ids) {
      this.requests.push({ id, atMs });
      this.inFlight.set(id, (this.inFlight.get(id) ?? 0) + 1);
    }
    this.open.push({ admission, ids, entries, reserved });
  }

  end(which: number, tokens: number | null, atMs: number): void {
    const [ended] = this.open.splice(which % Math.max(1, this.open.length), 1);
    if (!ended) return;
    ended.admission.settle(tokens);
    // Once more, as a bug might: nothing may come of it.
    ended.admission.settle(0);
    const took = tokens ?? ended.reserved;
    for (const entry of ended.entries) entry.amount = Math.min(entry.amount, took);
    for (const id of ended.ids) {
      this.inFlight.set(id, (this.inFlight.get(id) ?? 0) - 1);
      if (took > ended.reserved) this.tokens.push({ id, atMs, amount: took - ended.reserved });
    }
  }
}

function ask(limits: RateLimits, model: Model, keyId: KeyId, tokens: number) {
  const key = model.limits.get(keyId) ?? null;
  const org = model.limits.get(ORG_OF[keyId]) ?? null;
  const ids = [...(key ? [keyId] : []), ...(org ? [ORG_OF[keyId]] : [])];
  return { ids, answer: limits.admit({ keyId, orgId: ORG_OF[keyId] }, { key, org }, tokens) };
}

function checkAsk(limits: RateLimits, model: Model, clock: FixedClock, asked: Step & { kind: "ask" }): void {
  const { keyId, tokens } = asked;
  const nowMs = clock.monotonic();
  const { ids, answer } = ask(limits, model, keyId, tokens);
  if (answer instanceof Admission) {
    for (const id of ids) expect(model.fits(id, tokens, nowMs, 60_000)).toBe(true);
    model.admitted(answer, ids, nowMs, tokens);
    return;
  }
  // A refusal that took anything would sooner or later make one that is not justified.
  expect(ids.every((id) => model.fits(id, tokens, nowMs, 61_000))).toBe(false);
  expect(limitOf(model, keyId, answer)).toBe(answer.limit);
  for (const left of [answer.standing.requests, answer.standing.tokens]) {
    if (!left) continue;
    expect(left.remaining).toBeGreaterThanOrEqual(0);
    expect(left.resetMs).toBeLessThanOrEqual(61_000);
  }
}

function limitOf(model: Model, keyId: KeyId, { scope, kind }: RateRefusal): number | null {
  const { rpm, tpm, maxParallel } = model.limits.get(scope === "key" ? keyId : ORG_OF[keyId]) ?? NONE;
  return { rpm, tpm, max_parallel: maxParallel }[kind];
}

test("no window of 60 seconds holds more than a limit, nothing is taken by halves, no refusal is without reason", () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 120 }),
      fc.array(limit, { maxLength: 5 }),
      (steps, first) => {
        const clock = fixedClock(0);
        clock.advance(12_345.6);
        const limits = new RateLimits(clock);
        const model = new Model();
        const limitedIds = [...KEYS, "org_x", "org_y"];
        for (const [index, each] of first.entries())
          if (each) model.limits.set(limitedIds[index] ?? "", each);
        for (const each of steps) {
          if (each.kind === "wait") clock.advance(each.ms);
          else if (each.kind === "ask") checkAsk(limits, model, clock, each);
          else if (each.kind === "end") model.end(each.which, each.tokens, clock.monotonic());
          // A limit may tighten, loosen or go; what it counted while it was there stays counted.
          else if (each.limit === null) model.limits.delete(each.id);
          else model.limits.set(each.id, each.limit);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

const CALLER = { keyId: "key_a", orgId: "org_x" };
const SECOND = { keyId: "key_b", orgId: "org_x" };

function scene() {
  const clock = fixedClock(0);
  return { clock, limits: new RateLimits(clock) };
}

function admitted(answer: Admission | RateRefusal): Admission {
  if (answer instanceof Admission) return answer;
  throw new Error(`refused: ${JSON.stringify(answer)}`);
}

function refused(answer: Admission | RateRefusal): RateRefusal {
  if (answer instanceof Admission) throw new Error("admitted");
  return answer;
}

test.each([
  ["rpm", { rpm: 0 }],
  ["tpm", { tpm: 0 }],
  ["max_parallel", { maxParallel: 0 }],
] as const)("%s 0 lets nothing pass, ever, and no limit at all lets everything pass", (kind, limit) => {
  const { limits } = scene();
  const { scope, waitMs } = refused(limits.admit(CALLER, { key: null, org: only(limit) }, 1));
  expect({ scope, waitMs }).toEqual({ scope: "org", waitMs: null });
  expect(refused(limits.admit(CALLER, { key: only(limit), org: null }, 1)).kind).toBe(kind);
  for (let i = 0; i < 1_000; i++) admitted(limits.admit(CALLER, { key: NONE, org: NONE }, 1e9));
});

test("a request of more tokens than the limit has is never told to wait", () => {
  const { limits } = scene();
  const key = only({ tpm: 100 });
  expect(refused(limits.admit(CALLER, { key, org: null }, 101))).toMatchObject({ waitMs: null, tokens: 101 });
  admitted(limits.admit(CALLER, { key, org: null }, 100));
  expect(refused(limits.admit(CALLER, { key, org: null }, 100)).waitMs).toBe(61_000);
});

test("after the wait it was told, and not before, the same request passes", () => {
  const asked = fc.array(fc.record({ ms: fc.nat({ max: 9_000 }), tokens: fc.nat({ max: 400 }) }), {
    minLength: 3,
    maxLength: 30,
  });
  fc.assert(
    fc.property(
      asked,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 400, max: 1_000 }),
      (all, rpm, tpm) => {
        const { clock, limits } = scene();
        for (const { ms, tokens } of all) {
          clock.advance(ms);
          const ask = () => limits.admit(CALLER, { key: only({ rpm }), org: only({ tpm }) }, tokens);
          const answer = ask();
          if (answer instanceof Admission) continue;
          const waitMs = answer.waitMs ?? 0;
          clock.advance(waitMs - 1);
          refused(ask());
          clock.advance(1);
          admitted(ask());
        }
      },
    ),
  );
});

test("keys of one organization share its limit, and a refusal by one side takes nothing of the other", () => {
  const { limits } = scene();
  const org = only({ rpm: 3, tpm: 1_000 });
  const key = only({ rpm: 2 });
  admitted(limits.admit(CALLER, { key, org }, 300));
  admitted(limits.admit(CALLER, { key, org }, 300));
  // The key is full: the organization keeps its last request.
  expect(refused(limits.admit(CALLER, { key, org }, 300))).toMatchObject({ scope: "key", kind: "rpm" });
  const { standing } = refused(limits.admit(SECOND, { key: only({ rpm: 5 }), org }, 401));
  // The organization is full: the other key keeps all of its own.
  expect(standing.requests).toEqual({ limit: 3, remaining: 1, resetMs: 61_000 });
  expect(standing.tokens).toEqual({ limit: 1_000, remaining: 400, resetMs: 61_000 });
  const last = admitted(limits.admit(SECOND, { key: only({ rpm: 5 }), org }, 400));
  expect(last.standing()).toMatchObject({ requests: { limit: 3, remaining: 0 }, tokens: { remaining: 0 } });
  const after = refused(limits.admit(SECOND, { key: only({ rpm: 1 }), org: null }, 1));
  expect(after.standing.requests).toMatchObject({ limit: 1, remaining: 0 });
  admitted(limits.admit(SECOND, { key: only({ rpm: 2 }), org: null }, 1));
});

test.each([
  ["less: the rest is free again", 200, 800],
  ["nothing, as of a request that failed: all of it is free again", 0, 1_000],
  ["more: the excess counts as well", 700, 300],
  ["more than there is: nothing is left, and never less than that", 5_000, 0],
  ["unknown: the reservation stays", null, 500],
])("a request reserved at 500 of 1,000 tokens took %s", (_, took, remaining) => {
  const { clock, limits } = scene();
  const admission = admitted(limits.admit(CALLER, { key: only({ tpm: 1_000 }), org: null }, 500));
  expect(admission.standing().tokens?.remaining).toBe(500);
  clock.advance(10_000);
  admission.settle(took);
  expect(admission.standing().tokens?.remaining).toBe(remaining);
});

test("an answer of more than a minute: what it took less is gone already, what it took more counts from its end", () => {
  const { clock, limits } = scene();
  const key = only({ tpm: 1_000 });
  const short = admitted(limits.admit(CALLER, { key, org: null }, 400));
  const long = admitted(limits.admit(CALLER, { key, org: null }, 400));
  clock.advance(90_000);
  long.settle(700);
  expect(long.standing().tokens).toEqual({ limit: 1_000, remaining: 700, resetMs: 61_000 });
  const fresh = admitted(limits.admit(CALLER, { key, org: null }, 100));
  short.settle(0);
  expect(fresh.standing().tokens).toEqual({ limit: 1_000, remaining: 600, resetMs: 61_000 });
  clock.advance(61_000);
  expect(fresh.standing().tokens?.remaining).toBe(1_000);
});

test("requests at once are counted until they are settled, whatever the clock says", () => {
  const { clock, limits } = scene();
  const ask = () => limits.admit(CALLER, { key: only({ maxParallel: 2 }), org: null }, 1);
  const first = admitted(ask());
  admitted(ask());
  clock.advance(3_600_000);
  expect(refused(ask())).toMatchObject({ kind: "max_parallel", limit: 2, waitMs: 1_000 });
  first.settle(5);
  first.settle(5);
  admitted(ask());
  refused(ask());
});

test("a limit that is set later finds what was counted for another", () => {
  const { limits } = scene();
  admitted(limits.admit(CALLER, { key: only({ rpm: 10 }), org: null }, 600));
  const key = only({ rpm: 10, tpm: 1_000, maxParallel: 1 });
  expect(refused(limits.admit(CALLER, { key, org: null }, 500))).toMatchObject({ kind: "tpm" });
});

test("absurd figures of callers and providers leave the sums exact", () => {
  const { clock, limits } = scene();
  const key = only({ rpm: 1_000 });
  for (const tokens of [Number.MAX_SAFE_INTEGER, 1e300, 3]) {
    const admission = admitted(limits.admit(CALLER, { key, org: null }, tokens));
    clock.advance(1_500);
    admission.settle(Number.MAX_SAFE_INTEGER);
  }
  clock.advance(1_000);
  const last = admitted(limits.admit(CALLER, { key, org: null }, 7));
  clock.advance(60_000);
  last.settle(null);
  const { standing } = refused(limits.admit(CALLER, { key: only({ tpm: 10 }), org: null }, 4));
  expect(standing.tokens).toEqual({ limit: 10, remaining: 3, resetMs: 500 });
});
