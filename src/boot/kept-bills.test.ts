import { expect, test } from "bun:test";
import type { Log } from "../core/log.ts";
import { Bills } from "../ledger/bills.ts";
import { Ledger } from "../ledger/ledger.ts";
import { openStore } from "../store/open.ts";
import { fixedClock } from "../testing/clock.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { keepBills } from "./kept-bills.ts";

function listLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const note = (_: Record<string, unknown>, message: string) => void lines.push(message);
  return { lines, log: { info: note, warn: note, error: note } };
}

test("months that are over are closed at the start, though nobody looks", async () => {
  const clock = fixedClock(Date.UTC(2026, 9, 5));
  const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock });
  if ("problem" in store) throw new Error(store.problem);
  await new Ledger(store).write(sampleRow({ sequence: 1, timeMs: clock.now() }));
  const { log, lines } = listLog();
  const bills = new Bills({ store, clock });
  await keepBills(bills, log).stop();
  const rows = () => store.queries.selectFrom("bills").select(["month", "checksum"]).execute();
  expect(await rows()).toEqual([]);
  expect(lines).toEqual([]);
  clock.setNow(Date.UTC(2026, 11, 22));
  await keepBills(bills, log).stop();
  expect((await rows()).map(({ month, checksum }) => [month, checksum?.length])).toEqual([
    ["2026-10", 64],
    ["2026-11", 64],
  ]);
  expect(lines).toEqual(["months were closed and their bills written"]);
  await store.close();
});

test("what fails is tried again, and stops nothing", async () => {
  const { log, lines } = listLog();
  const { promise, resolve } = Promise.withResolvers<void>();
  let calls = 0;
  const closeDue = async () => {
    calls += 1;
    if (calls === 3) resolve();
    throw new Error("disk full");
  };
  const kept = keepBills({ closeDue }, log, 1);
  await promise;
  await kept.stop();
  expect(lines.slice(0, 3)).toEqual(Array(3).fill("the months that are over could not be closed"));
});
