import { expect, test } from "bun:test";
import { showStep, spanOfSteps, stepsOf, stepTitle } from "./steps.ts";

const HOUR_MS = 3_600_000;
const at = (time: string) => Date.parse(`2026-11-22T${time}Z`);
const answer = {
  ...{ from: "2026-11-22T10:30:00.000Z", to: "2026-11-22T13:00:00.001Z", step_seconds: 3600 },
  lines: [
    { time: "2026-11-22T10:00:00.000Z", requests: 1 },
    { time: "2026-11-22T12:00:00.000Z", requests: 2 },
    { time: "2026-11-22T12:00:00.000Z", requests: 3 },
  ],
};

test("every step of the while is there, the empty ones and the one that has just begun too", () => {
  const steps = stepsOf(answer);
  expect(steps.map(({ fromMs, lines }) => [fromMs, lines.length])).toEqual([
    [at("10:00:00"), 1],
    [at("11:00:00"), 0],
    [at("12:00:00"), 2],
    [at("13:00:00"), 0],
  ]);
  expect(steps.every(({ fromMs, toMs }) => toMs - fromMs === HOUR_MS)).toBe(true);
  expect(stepsOf({ ...answer, step_seconds: null })).toEqual([]);
  expect(stepsOf({ ...answer, from: "1970-01-01T00:00:00Z" })).toHaveLength(1000);
});

test("chosen steps are a while within the one that is shown", () => {
  const steps = stepsOf(answer);
  const of = (first: string, last: string, to?: string) =>
    spanOfSteps(steps, String(at(first)), String(at(last)), { from: answer.from, ...(to && { to }) });
  expect(of("10:00:00", "11:00:00")).toEqual({ from: answer.from, to: "2026-11-22T12:00:00.000Z" });
  expect(of("11:00:00", "13:00:00", "2026-11-22T13:00:00.001Z")).toEqual({
    from: "2026-11-22T11:00:00.000Z",
    to: "2026-11-22T13:00:00.001Z",
  });
  expect(of("09:00:00", "11:00:00")).toBeNull();
});

test("minutes and hours are told by the zone's clock, days as those of UTC that they are", () => {
  const timeMs = at("20:00:00");
  expect([showStep(timeMs, 3600, "Asia/Kolkata"), stepTitle(3600)]).toEqual(["11-23 01:30", "Hour"]);
  expect([showStep(timeMs, 60, "UTC"), stepTitle(60)]).toEqual(["11-22 20:00", "Minute"]);
  expect([showStep(at("00:00:00"), 86_400, "Asia/Kolkata"), stepTitle(86_400)]).toEqual([
    "2026-11-22",
    "Day (UTC)",
  ]);
});
