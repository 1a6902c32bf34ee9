import { expect, test } from "bun:test";
import { copyFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { COMMANDS, compareRows, drain, type World } from "../testing/budget-commands.ts";
import { BudgetModel } from "../testing/budget-model.ts";
import { startBudgets } from "../testing/budgets.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

/** Hours before the clocks go forward in Vienna, and days before Lord Howe puts its back by half an hour. */
const START_MS = Date.parse("2026-03-28T20:00:00Z");
const RUNS = 2000;
const TIMEOUT_MS = 120_000;

test(
  `${RUNS} interleavings of requests, crashes, failing commits, changed limits and clocks: every promise is kept`,
  async () => {
    const directory = temporaryDirectory();
    const template = join(directory, "template.db");
    const made = startBudgets(template);
    made.db.run("PRAGMA journal_mode = DELETE");
    made.db.close();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 60, size: "max" }), async (commands) => {
        runs += 1;
        const file = join(directory, `${runs}.db`);
        copyFileSync(template, file);
        const model = new BudgetModel(START_MS);
        const world: World = { file, process: startBudgets(file), told: new Set() };
        await fc.asyncModelRun(() => ({ model, real: world }), commands);
        await drain(model, world);
        compareRows(model, world);
        const { balances, budgets, holds, db } = world.process;
        expect([balances.holdCount, budgets.unwrittenCount, model.requests.size]).toEqual([0, 0, 0]);
        expect(holds.openCount).toBe(0);
        await holds.close();
        expect(readdirSync(`${file}-holds`)).toEqual([]);
        db.close();
        for (const part of ["", "-wal", "-shm", "-holds"])
          rmSync(file + part, { recursive: true, force: true });
      }),
      { numRuns: RUNS, endOnFailure: false },
    );
  },
  TIMEOUT_MS,
);
