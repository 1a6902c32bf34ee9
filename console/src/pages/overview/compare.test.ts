import { expect, test } from "bun:test";
import { forecastOf, monthAt, showChange, showPoints, spanBefore } from "./compare.ts";

const at = (time: string) => Date.parse(time);

test("the while before is as long and ends where this one begins", () => {
  const from = "2026-11-21T16:12:00.000Z";
  const nowMs = at("2026-11-22T16:11:40.000Z");
  expect(spanBefore({ from }, nowMs)).toEqual({ from: "2026-11-20T16:12:00.000Z", to: from });
  expect(spanBefore({ from, to: "2026-11-21T17:12:00.000Z" }, nowMs)).toEqual({
    from: "2026-11-21T15:12:00.000Z",
    to: from,
  });
});

test.each([
  [112, 100, "+12 % on before"],
  [50, 100, "−50 % on before"],
  [101.26, 100, "+1.3 % on before"],
  [995, 100, "+895 % on before"],
  [285_550, 100, "2,856 times as before"],
  [100, 100, "as before"],
  [0, 0, "as before"],
  [5, 0, "none before"],
  [null, 5, "nothing to compare with"],
  [5, null, "nothing to compare with"],
])("%j after %j is %s", (now, before, shown) => {
  expect(showChange(now, before)).toBe(shown);
});

test.each([
  [0.98, 0.97, "+1 points on before"],
  [0.9, 0.925, "−2.5 points on before"],
  [0.99991, 0.9999, "as before"],
  [null, 1, "nothing to compare with"],
])("a share of %j after %j is %s", (now, before, shown) => {
  expect(showPoints(now, before)).toBe(shown);
});

test("a month is that of the zone, however long its days are", () => {
  const { fromMs, toMs } = monthAt(at("2026-10-31T23:30:00Z"), "Europe/Vienna");
  expect([fromMs, toMs]).toEqual([at("2026-10-31T23:00:00Z"), at("2026-11-30T23:00:00Z")]);
  const october = monthAt(at("2026-10-15T00:00:00Z"), "Europe/Vienna");
  expect(october.toMs - october.fromMs).toBe((31 * 24 + 1) * 3_600_000);
});

test("the forecast is what was spent at the same pace, rounded up to the cent; too early there is none", () => {
  const month = { fromMs: 0, toMs: 30_000_000 };
  expect(forecastOf(10_000_000_000n, month, 15_000_000)).toBe("$20.00");
  expect(forecastOf(1n, month, 15_000_000)).toBe("$0.01");
  expect(forecastOf(0n, month, 15_000_000)).toBe("$0.00");
  expect(forecastOf(10_000_000_000n, month, 500_000)).toBe("–");
  expect(forecastOf(10_000_000_000n, month, 40_000_000)).toBe("$10.00");
});
