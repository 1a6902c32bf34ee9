import { Database } from "bun:sqlite";
import { mkdirSync, writeSync } from "node:fs";
import type { BandReached } from "../budget/account.ts";
import { Balances } from "../budget/balances.ts";
import { Budgets, type Charge, type Holding } from "../budget/budgets.ts";
import { settleHold } from "../budget/left-holds.ts";
import type { BudgetSettings, Funds } from "../gateway/funds.ts";
import { requestRowOf } from "../ledger/request-row.ts";
import { GroupCommit, type Write } from "../store/group-commit.ts";
import { HoldJournal } from "../store/hold-journal.ts";
import { migrate } from "../store/migrate.ts";
import { spendReader } from "../store/requests-spend.ts";
import { insertRequest } from "../store/requests-table.ts";
import { sampleRow } from "./ledger-row.ts";

/** As an empty config says. */
export const BUDGET_SETTINGS: BudgetSettings = {
  defaultOutputTokens: 8192,
  onLimit: "cut",
  unknownPrice: "skip",
};

/** Nobody has a budget, and nothing is kept of what is held. */
export const NO_BUDGETS: Funds = {
  hold: async () => null,
  refused() {},
  balances: { leftFor: () => null, figures: () => null },
};

/** One process over a ledger: everything but the gateway, on a connection of its own. */
export interface BudgetProcess {
  file: string;
  db: Database;
  balances: Balances;
  budgets: Budgets;
  holds: HoldJournal;
  bands: BandReached[];
  /** From now on the store takes nothing, or takes everything again. */
  setBroken(isBroken: boolean): void;
  /** As `kill -9` would: what is not committed never will be. */
  crash(): void;
}

/** Starts one as `boot` does: what a crash left is settled before any balance is read. */
export function startBudgets(file: string): BudgetProcess {
  const db = new Database(file, { create: true, readwrite: true, strict: true });
  db.run("PRAGMA journal_mode = WAL");
  // The process lives on when it "crashes", so nothing depends on the disk.
  db.run("PRAGMA synchronous = OFF");
  migrate(db, 0);
  let isBroken = false;
  const holds = new HoldJournal({
    folder: `${file}-holds`,
    sync: "normal",
    write: (descriptor, text) => {
      if (isBroken) throw new Error("ENOSPC");
      return writeSync(descriptor, text);
    },
  });
  mkdirSync(`${file}-holds`, { recursive: true });
  db.transaction(() => {
    for (const hold of holds.left) settleHold(hold, insertRequest)(db);
  })();
  holds.leftIsSettled();
  const balances = new Balances(spendReader(db));
  const bands: BandReached[] = [];
  const writes = new GroupCommit(db);
  const budgets = new Budgets({
    writes,
    holds,
    balances,
    insertRow: insertRequest,
    onBand: (band) => bands.push(band),
  });
  const setBroken = (isNow: boolean) => {
    isBroken = isNow;
    db.run(`PRAGMA query_only = ${isNow ? "ON" : "OFF"}`);
  };
  const crash = () => {
    // Statements that are prepared outlive their connection, so it is not enough to close it.
    setBroken(true);
    setImmediate(() => db.close());
    void holds.close();
  };
  return { file, db, balances, budgets, holds, bands, setBroken, crash };
}

/** The row of a request that cost so much. */
export function rowOf(charge: Charge): Write {
  return insertRequest(requestRowOf(sampleRow(charge)));
}

export function holdingOf(changes: Partial<Holding> & { sequence: number }): Holding {
  return {
    ...{ timeMs: 0, orgId: "org_a", keyId: "key_1", operation: "chat", requestedModel: "fast" },
    ...{ stream: false, provider: "openai", model: "gpt-4o" },
    ...changes,
  };
}
