import { expect, test } from "bun:test";
import fc from "fast-check";
import { RetryWorld } from "../testing/retry-world.ts";
import { BOUNDS, type IdempotencyBounds } from "./idempotency.ts";

const KIB = 1024;
const RUNS = 2_000;
/** Roomy enough to keep everything, and so tight that hardly anything stays. */
const ROOMY: IdempotencyBounds = { ...BOUNDS, answerBytes: 64 * KIB };
const TIGHT: IdempotencyBounds = {
  ...BOUNDS,
  answerBytes: 16 * KIB,
  keyBytes: 20 * KIB,
  bytes: 28 * KIB,
  keyEntries: 2,
  entries: 3,
};

const which = fc.nat({ max: 1_000 });
const ACTION = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("ask" as const),
      keyId: fc.constantFrom("key_a", "key_b"),
      idempotencyKey: fc.constantFrom("1", "2"),
      fingerprint: fc.oneof({ weight: 5, arbitrary: fc.constant("f") }, fc.constant("other")),
      isEager: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      which,
      bytes: fc.constantFrom(10, 900, 5 * KIB, 30 * KIB),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("end" as const),
      which,
      how: fc.constantFrom("ok" as const, "ok" as const, "failed" as const, "broken" as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("read" as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("record" as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("hang up" as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(1_000, BOUNDS.keptMs / 2, BOUNDS.keptMs),
    }),
  },
);
type Action = typeof ACTION extends fc.Arbitrary<infer T> ? T : never;

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % list.length];

function act(world: RetryWorld, action: Action): void {
  if (action.do === "wait") return world.clock.advance(action.ms);
  if (action.do === "ask") {
    const { isEager, keyId, idempotencyKey, fingerprint } = action;
    return world.request({ keyId, idempotencyKey, fingerprint }, isEager);
  }
  const call = pick(world.going, action.which);
  const client = pick(world.reading, action.which);
  if (action.do === "write" && call) world.write(call, action.bytes);
  if (action.do === "end" && call) world.end(call, action.how);
  if (action.do === "record" && call?.isStream && !call.isEnding) call.lead.record("ok");
  if (action.do === "read") client?.readNext?.();
  if (action.do === "hang up" && client) world.hangUp(client);
}

test.each([
  ["room for all", ROOMY],
  ["room for hardly any", TIGHT],
])(
  `${RUNS} random courses of requests, retries, breaks and hang-ups, with %s: one row a call, one paid answer a key, bounded memory`,
  async (_, bounds) => {
    let replays = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(ACTION, { maxLength: 40, size: "max" }), async (actions) => {
        const world = new RetryWorld(bounds);
        for (const action of actions) {
          act(world, action);
          await world.settle();
          world.check();
        }
        replays += world.clients.length - world.calls.length;
        for (const client of world.reading) world.hangUp(client);
        await world.settle();
        for (const call of world.going) world.end(call, "ok");
        await world.settle();
        world.check();
        expect(world.calls.filter(({ lead }) => lead.row === null)).toEqual([]);
        world.clock.advance(bounds.keptMs);
        world.kept.find({ keyId: "sweeps", idempotencyKey: "s", fingerprint: "s" });
        expect([world.kept.size, world.kept.bytes]).toEqual([0, 0]);
      }),
      { numRuns: RUNS, endOnFailure: false },
    );
    expect(replays).toBeGreaterThan(RUNS);
  },
  120_000,
);
