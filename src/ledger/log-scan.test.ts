import { expect, test } from "bun:test";
import fc from "fast-check";
import { openStore } from "../store/open.ts";
import type { RequestMatch } from "../store/request-match.ts";
import type { RequestPosition } from "../store/requests-scan.ts";
import type { RequestRow } from "../store/tables.ts";
import { fixedClock } from "../testing/clock.ts";
import { type History, play, someEvents } from "../testing/ledger-history.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { facetsOf } from "./facets.ts";
import { type ScanBounds, scanRequests, spanOf } from "./log-scan.ts";
import { isChosen } from "./log-tail.ts";
import { requestRowOf } from "./request-row.ts";

const HOUR_MS = 3_600_000;
const FROM_MS = Date.UTC(2026, 4, 4, 21, 40);
const TO_MS = FROM_MS + 30 * HOUR_MS;

const someMatch = fc.record({
  orgId: fc.constantFrom(null, "org_a", "org_c"),
  keyId: fc.constantFrom(null, "key_1"),
  provider: fc.constantFrom(null, "openai"),
  model: fc.constantFrom(null, "gpt-4o"),
  industry: fc.constantFrom(null, "legal"),
  status: fc.constantFrom(null, "ok", "error"),
  fallback: fc.constantFrom(null, true, false),
}) satisfies fc.Arbitrary<RequestMatch>;
type Match = Required<RequestMatch>;
const someBound = (offsetHours: number) =>
  fc.option(fc.integer({ min: FROM_MS - HOUR_MS, max: TO_MS }).map((ms) => ms + offsetHours * HOUR_MS));
const someBounds: fc.Arbitrary<ScanBounds> = fc.record({
  firstRows: fc.integer({ min: 1, max: 20 }),
  mostRows: fc.integer({ min: 1, max: 40 }),
  spansAtOnce: fc.integer({ min: 1, max: 4 }),
});

const choiceOf = (match: Match, fromMs: number | null, toMs: number | null) => ({
  ...match,
  status: match.status as "ok" | null,
  fromMs,
  toMs,
});

/** Newest first, those that may be deleted left out. */
function rowsOf({ rows, rawSinceMs }: History): RequestRow[] {
  return rows
    .filter((row) => row.timeMs >= rawSinceMs)
    .map(requestRowOf)
    .sort((a, b) => b.time_ms - a.time_ms || b.sequence - a.sequence);
}

test("page by page every matching row comes once, newest first, however few rows a page may look at", async () => {
  await fc.assert(
    fc.asyncProperty(
      someEvents(FROM_MS, TO_MS),
      someMatch,
      fc.tuple(someBound(0), someBound(1)),
      fc.integer({ min: 1, max: 7 }),
      someBounds,
      async (events, match, [from, to], limit, bounds) => {
        const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock: fixedClock(TO_MS) });
        if ("problem" in store) throw new Error(store.problem);
        const history = await play(store, events, FROM_MS);
        const fromMs = Math.max(from ?? 0, history.rawSinceMs);
        const found: RequestRow[] = [];
        let next: RequestPosition | null = null;
        for (let page = 0; page === 0 || next !== null; page++) {
          expect(page).toBeLessThan(2_000);
          const scanned = await scanRequests(store, match, spanOf(fromMs, to), next, limit, bounds);
          expect(scanned.rows.length).toBeLessThanOrEqual(limit);
          found.push(...scanned.rows);
          next = scanned.next;
        }
        const wanted = rowsOf(history).filter((row) => isChosen(row, choiceOf(match, fromMs, to)));
        expect(found).toEqual(wanted);
        await store.close();
      },
    ),
    { numRuns: 120 },
  );
}, 120_000);

test("facets are the counts of the chosen rows by each value", async () => {
  await fc.assert(
    fc.asyncProperty(someEvents(FROM_MS, TO_MS), someMatch, someBound(0), async (events, match, to) => {
      const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock: fixedClock(TO_MS) });
      if ("problem" in store) throw new Error(store.problem);
      const history = await play(store, events, FROM_MS);
      const fromMs = history.rawSinceMs;
      const rows = rowsOf(history).filter((row) => isChosen(row, choiceOf(match, fromMs, to)));
      const { total, of } = await facetsOf(store, match, spanOf(fromMs, to));
      expect(total).toBe(to !== null && to < fromMs ? 0 : rows.length);
      for (const [facet, values] of Object.entries(of)) {
        const counts = Map.groupBy(rows, (row) => row[facet as keyof RequestRow]);
        expect(new Map(values.map(({ value, requests }) => [value, requests]))).toEqual(
          new Map([...counts].map(([value, group]) => [value as string, group.length])),
        );
        const order = values.map(({ requests }) => requests);
        expect(order).toEqual(order.toSorted((a, b) => b - a));
      }
      await store.close();
    }),
    { numRuns: 80 },
  );
}, 120_000);
