import { expect, test } from "bun:test";
import { Histogram } from "./histogram.ts";

test("percentiles are known to a microsecond below 20 ms and to 100 µs above", () => {
  const histogram = new Histogram();
  for (let micros = 0; micros < 1000; micros++) histogram.add(micros);
  expect(histogram.percentile(0.5)).toBe(500);
  expect(histogram.percentile(0.99)).toBe(990);
  expect(histogram.percentile(1)).toBe(1000);
  histogram.add(123_456);
  expect(histogram.percentile(1)).toBe(123_500);
  expect(histogram.size).toBe(1001);
});

test("what is longer than two seconds counts as two seconds, nothing at all is unknown", () => {
  const histogram = new Histogram();
  expect(histogram.percentile(0.5)).toBeNull();
  histogram.add(60_000_000);
  expect(histogram.percentile(0.5)).toBe(2_000_100);
});
