import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  addHistogram,
  BUCKETS_PER_LN,
  bucketOf,
  count,
  decodeHistogram,
  encodeHistogram,
  type Histogram,
  percentileMs,
  RELATIVE_ERROR,
} from "./latency-histogram.ts";

const someLatencies = fc.array(fc.oneof(fc.nat(1000), fc.nat(10 ** 9)), { minLength: 1, maxLength: 200 });

function histogramOf(latenciesUs: readonly number[]): Histogram {
  const histogram: Histogram = new Map();
  for (const us of latenciesUs) count(histogram, bucketOf(us));
  return histogram;
}

const sorted = (histogram: Histogram) => [...histogram].sort(([a], [b]) => a - b);

test("a percentile is at most 2 % off the exact one (nearest rank), from a microsecond to an hour", () => {
  fc.assert(
    fc.property(someLatencies, fc.integer({ min: 1, max: 100 }), (latencies, percent) => {
      const ranked = [...latencies].sort((a, b) => a - b);
      const exactMs = (ranked[Math.ceil((latencies.length * percent) / 100) - 1] ?? 0) / 1000;
      const told = percentileMs(histogramOf(latencies), percent) ?? Number.NaN;
      // It is told in whole microseconds.
      expect(Math.abs(told - exactMs)).toBeLessThanOrEqual(exactMs * RELATIVE_ERROR + 0.001);
    }),
  );
});

test("of nothing there is no percentile", () => expect(percentileMs(new Map(), 50)).toBeNull());

test("what is written is what is read, one after the other is both added up", () => {
  fc.assert(
    fc.property(someLatencies, someLatencies, fc.nat(2 ** 40), (a, b, many) => {
      const first = histogramOf(a);
      count(first, 700, many + 1);
      const second = histogramOf(b);
      const both = new Map(first);
      addHistogram(both, second);
      expect(sorted(decodeHistogram(encodeHistogram(first)))).toEqual(sorted(first));
      const written = new Uint8Array([...encodeHistogram(first), ...encodeHistogram(second)]);
      expect(sorted(decodeHistogram(written))).toEqual(sorted(both));
    }),
  );
});

test("SQL finds the same buckets", () => {
  const db = new Database(":memory:");
  const query = db.query<{ bucket: number }, [number]>(
    `SELECT CASE WHEN ?1 <= 1 THEN 0 ELSE CAST(ceil(ln(?1) * ${BUCKETS_PER_LN}) AS INTEGER) END AS bucket`,
  );
  for (let us = 0; us < 3e9; us = Math.floor(us * 1.13) + 1) expect(query.get(us)?.bucket).toBe(bucketOf(us));
});
