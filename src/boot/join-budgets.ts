import type { BandReached } from "../budget/account.ts";
import { Balances } from "../budget/balances.ts";
import { BudgetBook } from "../budget/budget-book.ts";
import { Budgets } from "../budget/budgets.ts";
import { settleHold } from "../budget/left-holds.ts";
import type { Clock } from "../core/clock.ts";
import { requestIdOf } from "../core/ids.ts";
import type { Log } from "../core/log.ts";
import type { Keys } from "../keys/keys.ts";
import type { Orgs } from "../keys/orgs.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Write } from "../store/group-commit.ts";
import type { Store } from "../store/open.ts";
import type { RequestRow } from "../store/tables.ts";
import { together } from "../store/write.ts";

export interface JoinedBudgets {
  budgets: Budgets;
  book: BudgetBook;
  /** Writes what is left to be written. */
  stop(): Promise<void>;
}

interface Parts {
  store: Store;
  clock: Clock;
  log: Log;
  ledger: Ledger;
  keys: Keys;
  orgs: Orgs;
  onBand: (band: BandReached) => void;
}

const RETRY_EVERY_MS = 1_000;

/**
 * Budgets over a store that is open: what a crash left is settled first, so that balances are opened with all that was
 * spent. Rows that the store does not take are tried again each second.
 */
export async function joinBudgets({ store, clock, log, ledger, ...parts }: Parts): Promise<JoinedBudgets> {
  const { keys, orgs, onBand } = parts;
  const { left, unreadable } = store.holds;
  if (unreadable > 0) log.warn({ lines: unreadable }, "what some requests held cannot be read");
  const written = { requests: 0 };
  const insertRow = (row: RequestRow): Write => {
    written.requests += 1;
    return ledger.insert(row);
  };
  if (left.length > 0) await store.writes.run(together(...left.map((hold) => settleHold(hold, insertRow))));
  store.holds.leftIsSettled();
  if (written.requests > 0)
    log.warn(written, "requests that the last process did not end are billed as held");
  const balances = new Balances(store.spend);
  const budgets = new Budgets({
    writes: store.writes,
    holds: store.holds,
    balances,
    insertRow: (row) => ledger.insert(row),
    onBand,
  });
  const book = await BudgetBook.load(
    {
      store,
      balances,
      timeZoneOf: (orgId) => orgs.get(orgId)?.timeZone ?? "UTC",
      orgOf: (keyId) => keys.get(keyId)?.orgId ?? null,
      onBand,
    },
    clock.now(),
  );
  const retrying = setInterval(() => {
    if (budgets.unwrittenCount > 0) void budgets.writeUnwritten();
  }, RETRY_EVERY_MS);
  retrying.unref();
  return {
    budgets,
    book,
    async stop() {
      clearInterval(retrying);
      if (budgets.unwrittenCount === 0) return;
      await budgets.writeUnwritten();
      // At the next start they are billed as held: what they really cost is only here.
      for (const { sequence, orgId, keyId, costNanoUsd } of budgets.unwrittenCharges)
        log.error(
          { request: requestIdOf(sequence), org: orgId, key: keyId, costNanoUsd },
          "the row of a request could not be written",
        );
    },
  };
}
