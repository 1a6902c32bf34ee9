import { expect, test } from "bun:test";
import type { HoldRow } from "../store/tables.ts";
import { LATE_MS, LateHolds } from "./late-holds.ts";

function scene() {
  const writes: number[][] = [];
  const waiting: (() => void)[] = [];
  let made = 0;
  const holds = new LateHolds({
    write: (rows) => writes.push(rows.map(({ sequence }) => sequence)),
    schedule: (callback, delayMs) => {
      expect(delayMs).toBe(LATE_MS);
      waiting.push(callback);
    },
  });
  const note = (sequence: number) =>
    holds.note(sequence, () => {
      made += 1;
      return { sequence } as HoldRow;
    });
  const tick = () => waiting.shift()?.();
  return { holds, note, tick, writes, waiting, made: () => made };
}

test("what is over soon is never written, nor even reckoned, and nothing ticks on an idle server", () => {
  const { holds, note, tick, writes, waiting, made } = scene();
  note(1);
  expect(holds.end(1)).toBe(false);
  note(2);
  tick();
  expect(holds.end(2)).toBe(false);
  tick();
  expect([writes, made(), waiting.length, holds.count]).toEqual([[], 0, 0, 0]);
});

test("what lasts is written once, together with the others, and its end says so", () => {
  const { holds, note, tick, writes, waiting } = scene();
  note(1);
  note(2);
  tick();
  note(3);
  tick();
  expect(writes).toEqual([[1, 2]]);
  expect([holds.end(1), holds.end(1)]).toEqual([true, false]);
  tick();
  expect(writes).toEqual([[1, 2], [3]]);
  expect([holds.end(2), holds.end(3), waiting.length, holds.count]).toEqual([true, true, 0, 0]);
});

test("a later attempt's note is written instead of the first, or over it", () => {
  const { holds, note, tick, writes } = scene();
  note(1);
  tick();
  note(1);
  tick();
  expect(writes).toEqual([]);
  tick();
  expect(writes).toEqual([[1]]);
  note(1);
  tick();
  tick();
  expect(writes).toEqual([[1], [1]]);
  expect(holds.end(1)).toBe(true);
});
