import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { insertBodies } from "../store/bodies-table.ts";
import { openStore, type Store } from "../store/open.ts";
import { insertRequest } from "../store/requests-table.ts";
import { fixedClock } from "../testing/clock.ts";
import { someRow } from "../testing/ledger-history.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { bodiesRowOf } from "./bodies.ts";
import { estimatedPercentiles, exactPercentiles } from "./percentiles.ts";
import { LedgerReader } from "./read.ts";
import { requestRowOf } from "./request-row.ts";
import type { LedgerRow } from "./row.ts";
import { sumsBetween, sumsTogether } from "./sums.ts";
import { Upkeep } from "./upkeep.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 9, 5, 7, 30);

function scene(rawDays = 400, bodyDays = 30) {
  const clock = fixedClock(START_MS);
  const dataDir = temporaryDirectory();
  const store = openStore({ dataDir, sync: "normal", clock });
  if ("problem" in store) throw new Error(store.problem);
  let steps = 0;
  let sequence = 0;
  const upkeep = new Upkeep({
    ...{ store, clock, rawDays: () => rawDays, bodyDays: () => bodyDays },
    pause: async () => {
      steps += 1;
    },
  });
  return {
    ...{ clock, store, upkeep, dataDir },
    steps: () => steps,
    write: (rows: readonly Partial<LedgerRow>[]) =>
      Promise.all(
        rows.map((row) => {
          sequence += 1;
          return store.writes.run(
            insertRequest(requestRowOf(sampleRow({ sequence, timeMs: clock.now(), ...row }))),
          );
        }),
      ),
  };
}

/** Counts of rows by tier, straight from the file. */
function tiers(dataDir: string): Record<string, number> {
  const db = new Database(join(dataDir, "nyuro.db"), { readonly: true });
  const rows = db
    .query<{ tier: number; requests: number }, []>(
      "SELECT tier, sum(requests) AS requests FROM rollups GROUP BY tier UNION ALL SELECT 9, count(*) FROM requests",
    )
    .all();
  db.close();
  const names: Record<number, string> = {
    ...{ 0: "minutes", 1: "hours", 2: "days", 3: "hour summaries", 4: "day summaries", 9: "raw" },
  };
  return Object.fromEntries(rows.map(({ tier, requests }) => [names[tier], requests]));
}

test("hours that ended are moved, all of them exactly once, late rows as well", async () => {
  const { clock, store, upkeep, dataDir, write, steps } = scene();
  await write(Array.from({ length: 350 }, (_, n) => ({ timeMs: START_MS + n * 1000, keyId: `key_${n}` })));
  await upkeep.run();
  expect(tiers(dataDir)).toEqual({ minutes: 350, raw: 350 });
  clock.advance(HOUR_MS);
  await write([{}]);
  await upkeep.run();
  const moved = { hours: 350, days: 350, "hour summaries": 350, "day summaries": 350 };
  expect(tiers(dataDir)).toEqual({ ...moved, minutes: 1, raw: 351 });
  expect(steps()).toBeGreaterThan(3);
  await write([{ timeMs: START_MS + 7 }]);
  expect(tiers(dataDir)).toEqual({ ...moved, minutes: 2, raw: 352 });
  await upkeep.run();
  const all = { hours: 351, days: 351, "hour summaries": 351, "day summaries": 351 };
  expect(tiers(dataDir)).toEqual({ ...all, minutes: 1, raw: 352 });
  await store.close();
});

test("an hour is left alone until what it began has had two minutes to end", async () => {
  const { clock, store, upkeep, dataDir, write } = scene();
  await write([{}]);
  clock.setNow(Date.UTC(2026, 9, 5, 8, 1, 59, 999));
  await upkeep.run();
  expect(tiers(dataDir)).toEqual({ minutes: 1, raw: 1 });
  clock.advance(1);
  await upkeep.run();
  expect(tiers(dataDir).minutes).toBeUndefined();
  await store.close();
});

test("old rows go a day at a time; what they came to stays, for the dashboard and for budgets without an end", async () => {
  const { clock, store, upkeep, dataDir, write } = scene(10);
  for (let day = 0; day < 4; day++) {
    await write([{ costNanoUsd: 10 ** day }, { costNanoUsd: null }]);
    clock.advance(DAY_MS);
  }
  const ever = { fromMs: 0, toMs: clock.now() };
  await upkeep.run();
  const before = await sumsBetween(store, ever);
  expect(before).toMatchObject([{ requests: 8, costNanoUsd: 1111 }]);
  clock.advance(6 * DAY_MS);
  await upkeep.run();
  expect(tiers(dataDir).raw).toBe(8);
  clock.advance(2 * DAY_MS);
  await upkeep.run();
  expect(tiers(dataDir).raw).toBe(6);
  await upkeep.run();
  expect(tiers(dataDir).raw).toBe(4);
  expect(await sumsBetween(store, ever)).toEqual(before);
  const spender = { orgId: "org_default", keyId: null };
  expect(store.spend.spentBy(spender, { startMs: 0, endMs: Number.POSITIVE_INFINITY })).toBe(1111);
  const dashboard = await new LedgerReader(store).dashboard({ orgId: null, ...ever, nowMs: clock.now() });
  expect(dashboard.volume.totalRequests).toBe(8);
  expect(dashboard.performance.p50LatencyMs).toBeCloseTo(812.25, -2);
  await store.close();
});

/** The requests that still have bodies, and those that still have rows, as days from the start. */
async function keptDays(store: Store): Promise<{ bodies: number[]; rows: number[] }> {
  const dayOf = ({ time_ms }: { time_ms: number }) => (time_ms - START_MS) / DAY_MS;
  const times = (table: "request_bodies" | "requests") =>
    store.queries.selectFrom(table).select("time_ms").orderBy("time_ms").execute();
  return { bodies: (await times("request_bodies")).map(dayOf), rows: (await times("requests")).map(dayOf) };
}

async function writeDays({ clock, store, write }: ReturnType<typeof scene>, count: number): Promise<void> {
  for (let day = 0; day < count; day++) {
    await write([{}]);
    const said = { text: "said", isTruncated: false, isRedacted: false };
    const time = { sequence: day + 1, timeMs: clock.now(), orgId: "org_default" };
    await store.writes.run(insertBodies(await bodiesRowOf(time, { request: said, response: null })));
    clock.advance(DAY_MS);
  }
}

test.each([
  ["bodies go before their rows", 10, 2, 4, { bodies: [2, 3], rows: [0, 1, 2, 3] }],
  ["bodies never outlive their rows", 2, 10, 4, { bodies: [2, 3], rows: [2, 3] }],
  ["nothing goes before its time", 10, 10, 4, { bodies: [0, 1, 2, 3], rows: [0, 1, 2, 3] }],
  ["both go at the same age where both are kept as long", 1, 1, 3, { bodies: [2], rows: [2] }],
])("%s: %p days of rows, %p of bodies", async (_, rawDays, bodyDays, days, left) => {
  const world = scene(rawDays, bodyDays);
  await writeDays(world, days);
  for (let run = 0; run < days; run++) {
    await world.upkeep.run();
    const { bodies, rows } = await keptDays(world.store);
    expect(bodies.filter((day) => !rows.includes(day))).toEqual([]);
  }
  expect(await keptDays(world.store)).toEqual(left);
  await world.store.close();
});

test("a day of bodies goes in a run, however wrong the clock is", async () => {
  const world = scene(10, 10);
  await writeDays(world, 4);
  world.clock.setNow(Date.UTC(2099, 0));
  await world.upkeep.run();
  expect((await keptDays(world.store)).bodies).toEqual([1, 2, 3]);
  await world.store.close();
});

test("a clock that is wrong for a moment costs a day of raw rows, not the ledger", async () => {
  const { clock, store, upkeep, dataDir, write } = scene(10);
  for (let day = 0; day < 5; day++) {
    await write([{}]);
    clock.advance(DAY_MS);
  }
  const right = clock.now();
  clock.setNow(Date.UTC(2099, 0));
  await upkeep.run();
  clock.setNow(right);
  await upkeep.run();
  expect(tiers(dataDir).raw).toBe(4);
  await store.close();
});

test("percentiles of many rows are at most 2 % off the exact ones, overall and by model, whatever was moved", async () => {
  const some = (hours: number) =>
    fc.array(someRow(START_MS, START_MS + hours * HOUR_MS), { minLength: 1, maxLength: 150 });
  await fc.assert(
    fc.asyncProperty(some(22), some(50), fc.nat(20), async (first, second, hours) => {
      const { clock, store, upkeep, write } = scene();
      await write(first);
      clock.advance(hours * HOUR_MS);
      await upkeep.run();
      await write(second);
      clock.advance(HOUR_MS);
      if (hours % 2 === 0) await upkeep.run();
      for (const orgId of [null, "org_a"]) {
        const range = { orgId, fromMs: START_MS + 17 * 60_000, toMs: START_MS + 49 * HOUR_MS };
        await expectClose(store, range);
      }
      await store.close();
    }),
    { numRuns: 40 },
  );
}, 60_000);

async function expectClose(store: Store, range: { orgId: string | null; fromMs: number; toMs: number }) {
  const { state } = await sumsTogether(store, []);
  const exact = await exactPercentiles(store, range);
  const told = await estimatedPercentiles(store, range, state);
  expect([...told.byModel.keys()].sort()).toEqual([...exact.byModel.keys()].sort());
  for (const model of [null, ...exact.byModel.keys()]) {
    const wanted = model === null ? exact.overall : exact.byModel.get(model);
    const got = model === null ? told.overall : told.byModel.get(model);
    for (const which of ["p50", "p95"] as const) {
      const real = wanted?.[which] ?? null;
      if (real === null) expect(got?.[which]).toBeNull();
      else expect(Math.abs((got?.[which] ?? Number.NaN) - real)).toBeLessThanOrEqual(real * 0.0201 + 0.001);
    }
  }
}
