import { expect, test } from "bun:test";
import { join } from "node:path";
import { StoreUnavailable } from "../store/group-commit.ts";
import { HoldJournal } from "../store/hold-journal.ts";
import type { RequestRow } from "../store/tables.ts";
import { type BudgetProcess, holdingOf, rowOf, startBudgets } from "../testing/budgets.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

const KEY = { scope: "key", id: "key_1", orgId: "org_a" } as const;
const NOW = Date.parse("2026-11-22T12:00:00Z");

function scene(limitNanoUsd = 100) {
  const file = join(temporaryDirectory(), "test.db");
  const start = () => {
    const started = startBudgets(file);
    started.balances.set(
      [{ owner: KEY, budget: { limitNanoUsd, period: "daily", alertThreshold: 0.8 }, timeZone: "UTC" }],
      NOW,
    );
    return started;
  };
  return { start, ...start() };
}
const holding = (sequence: number, changes = {}) => holdingOf({ sequence, timeMs: NOW, ...changes });
const need = (amountNanoUsd: number | null, billedNanoUsd = 0) => ({ amountNanoUsd, billedNanoUsd });
/** What a process that started now would find, as sequence and amount. */
const holds = (process: Pick<BudgetProcess, "file" | "holds">) =>
  new HoldJournal({ folder: `${process.file}-holds`, sync: "normal" }).left
    .filter(({ sequence }) => process.holds.find(sequence) !== null)
    .map(({ sequence, amountNanoUsd }) => [sequence, amountNanoUsd]);
const rows = ({ db }: Pick<BudgetProcess, "db">) =>
  db.query<RequestRow, []>("SELECT * FROM requests ORDER BY sequence").all();
const costs = (process: Pick<BudgetProcess, "db">) =>
  rows(process).map(({ sequence, status, cost_nano_usd }) => [sequence, status, cost_nano_usd]);
const figures = ({ balances }: Pick<BudgetProcess, "balances">) => {
  const found = balances.figures(KEY, NOW);
  return [found?.spentNanoUsd, found?.reservedNanoUsd];
};
const record = ({ budgets }: BudgetProcess, sequence: number, costNanoUsd: number | null) => {
  const charge = { ...holding(sequence), costNanoUsd };
  return budgets.record(
    charge,
    rowOf({ sequence, timeMs: NOW, orgId: "org_a", keyId: "key_1", costNanoUsd }),
  );
};

test("a hold is decided at once and durable when it resolves; a refused one is nowhere", async () => {
  const process = scene();
  const first = process.budgets.hold(holding(1), need(60));
  expect([figures(process), holds(process)]).toEqual([[0, 60], []]);
  const second = process.budgets.hold(holding(2), need(41));
  expect(await first).toBeNull();
  expect(await second).toMatchObject({ limitNanoUsd: 100, reservedNanoUsd: 60, neededNanoUsd: 41 });
  expect([figures(process), holds(process), rows(process)]).toEqual([[0, 60], [[1, 60]], []]);
});

test("a request that ends while its hold is being written leaves none", async () => {
  const process = scene();
  const held = process.budgets.hold(holding(1), need(60));
  await Promise.all([held, record(process, 1, 0)]);
  expect([figures(process), holds(process), costs(process)]).toEqual([[0, 0], [], [[1, "ok", 0]]]);
  expect(process.holds.openCount).toBe(0);
});

test("the next attempt's hold takes the place of the last one's, with what was billed in between", async () => {
  const process = scene();
  await process.budgets.hold(holding(1), need(60));
  await process.budgets.hold(holding(1, { provider: "my-vps", model: "llama3.1" }), need(0, 15));
  expect(holds(process)).toEqual([[1, 15]]);
  expect(process.holds.find(1)).toMatchObject({ provider: "my-vps", model: "llama3.1" });
  expect(figures(process)).toEqual([0, 15]);
  expect(await process.budgets.hold(holding(1), need(86, 15))).not.toBeNull();
  expect([holds(process), process.holds.find(1)?.provider]).toEqual([[[1, 15]], "my-vps"]);
});

test("a row ends its hold, and the balance is its sum when it is durable", async () => {
  const process = scene();
  await process.budgets.hold(holding(1), need(60));
  const written = record(process, 1, 45);
  expect(figures(process)).toEqual([0, 60]);
  await written;
  expect([figures(process), holds(process), costs(process)]).toEqual([[45, 0], [], [[1, "ok", 45]]]);
  await record(process, 2, 40);
  expect([figures(process), process.bands.map(({ band }) => band)]).toEqual([[85, 0], [0.8]]);
});

test("while the store takes nothing, no hold is given, and none is left behind", async () => {
  const process = scene();
  await process.budgets.hold(holding(1), need(20));
  process.setBroken(true);
  await expect(process.budgets.hold(holding(2), need(30))).rejects.toBeInstanceOf(StoreUnavailable);
  await expect(process.budgets.hold(holding(1), need(30))).rejects.toBeInstanceOf(StoreUnavailable);
  expect([figures(process), process.balances.holdCount]).toEqual([[0, 20], 1]);
  process.setBroken(false);
  expect(await process.budgets.hold(holding(3), need(80))).toBeNull();
  expect(holds(process)).toEqual([
    [1, 20],
    [3, 80],
  ]);
});

test("a row that the store did not take is written once it does, and its money stays held till then", async () => {
  const process = scene();
  await process.budgets.hold(holding(1), need(60));
  process.setBroken(true);
  await expect(record(process, 1, 45)).rejects.toBeInstanceOf(StoreUnavailable);
  expect([figures(process), process.budgets.unwrittenCount]).toEqual([[0, 60], 1]);
  expect(await process.budgets.writeUnwritten()).toBe(1);
  process.setBroken(false);
  expect(await process.budgets.writeUnwritten()).toBe(0);
  expect([figures(process), holds(process), costs(process)]).toEqual([[45, 0], [], [[1, "ok", 45]]]);
  expect(await process.budgets.writeUnwritten()).toBe(0);
  expect(costs(process)).toHaveLength(1);
});

test("however often it is tried in vain", async () => {
  const process = scene();
  await process.budgets.hold(holding(1), need(60));
  process.setBroken(true);
  await expect(record(process, 1, 0)).rejects.toBeInstanceOf(StoreUnavailable);
  for (let n = 0; n < 3; n++) expect(await process.budgets.writeUnwritten()).toBe(1);
  process.setBroken(false);
  expect(await process.budgets.writeUnwritten()).toBe(0);
  expect([costs(process), figures(process)]).toEqual([[[1, "ok", 0]], [0, 0]]);
});

test("while rows wait for the store, every try to write them counts as waiting, and two tries are one", async () => {
  const process = scene();
  await process.budgets.hold(holding(1), need(60));
  process.setBroken(true);
  await expect(record(process, 1, 45)).rejects.toBeInstanceOf(StoreUnavailable);
  const tries = [process.budgets.writeUnwritten(), process.budgets.writeUnwritten()];
  const isRefused = () => expect(() => process.budgets.hold(holding(2), need(0))).toThrow(StoreUnavailable);
  isRefused();
  expect(await Promise.all(tries)).toEqual([1, 1]);
  process.setBroken(false);
  const last = [process.budgets.writeUnwritten(), process.budgets.writeUnwritten()];
  isRefused();
  expect(await Promise.all(last)).toEqual([0, 0]);
  expect([costs(process), holds(process)]).toEqual([[[1, "ok", 45]], []]);
  expect(await process.budgets.hold(holding(2), need(0))).toBeNull();
});

test("a row that turns out to be refused while it waited does not wait for ever", async () => {
  const process = scene();
  await process.budgets.hold(holding(1), need(60));
  const insert = () => {
    process.db.query("INSERT INTO requests (sequence) VALUES (1)").run();
  };
  process.setBroken(true);
  const charge = { ...holding(1), costNanoUsd: 45 };
  await expect(process.budgets.record(charge, insert)).rejects.toBeInstanceOf(StoreUnavailable);
  process.setBroken(false);
  expect(await process.budgets.writeUnwritten()).toBe(0);
  expect([holds(process), costs(process)]).toEqual([[], [[1, "interrupted", 45]]]);
});

test("a row without a hold that the store did not take is not kept: nothing grows while it is away", async () => {
  const process = scene();
  process.setBroken(true);
  await expect(record(process, 1, 0)).rejects.toBeInstanceOf(StoreUnavailable);
  expect(process.budgets.unwrittenCount).toBe(0);
});

test("the same row twice is charged once, and its hold is gone", async () => {
  const process = scene();
  await process.budgets.hold(holding(1), need(60));
  await record(process, 1, 45);
  await expect(record(process, 1, 45)).rejects.toThrow();
  await process.budgets.hold(holding(1), need(55));
  await expect(record(process, 1, 20)).rejects.toThrow();
  expect([costs(process), holds(process), figures(process)]).toEqual([[[1, "ok", 45]], [], [45, 0]]);
  expect(process.balances.holdCount).toBe(0);
});

test("a row that cannot be written for a bug leaves its cost in an interrupted one", async () => {
  const process = scene();
  await process.budgets.hold(holding(1), need(60));
  const bug = new Error("a bug");
  const insert = () => {
    throw bug;
  };
  await expect(process.budgets.record({ ...holding(1), costNanoUsd: 45 }, insert)).rejects.toBe(bug);
  expect([figures(process), holds(process), costs(process)]).toEqual([[45, 0], [], [[1, "interrupted", 45]]]);
});

test("what a crash left is billed in full as interrupted, once, and blocks nobody", async () => {
  const process = scene(1000);
  await process.budgets.hold(holding(1, { stream: true, requestedModel: null }), need(60));
  await process.budgets.hold(holding(2), need(null, 5));
  await process.budgets.hold(holding(3), need(70));
  await record(process, 3, 7);
  await process.budgets.hold(holding(5), need(null));
  process.crash();
  const next = process.start();
  expect([figures(next), holds(next), next.balances.holdCount]).toEqual([[72, 0], [], 0]);
  expect(costs(next)).toEqual([
    [1, "interrupted", 60],
    [2, "interrupted", 5],
    [3, "ok", 7],
    [5, "interrupted", null],
  ]);
  expect(rows(next)[0]).toMatchObject({
    ...{
      time_ms: NOW,
      org_id: "org_a",
      key_id: "key_1",
      operation: "chat",
      requested_model: null,
      stream: 1,
    },
    ...{ provider: "openai", model: "gpt-4o", usage_source: "held", error_code: "interrupted" },
    ...{ input_tokens: null, output_tokens: null, price: null, ttft_ms: null },
  });
  const again = process.start();
  expect([figures(again), costs(again).length]).toEqual([[72, 0], 4]);
});
