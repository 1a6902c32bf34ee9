import type { Store } from "../store/open.ts";
import { insertRequest } from "../store/requests-table.ts";
import { requestRowOf } from "./request-row.ts";
import type { LedgerRow } from "./row.ts";

/** Where every request ends: one row each, whatever happened to it. */
export class Ledger {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /**
   * Resolves once the row is durable; only then may the reply end. Shares its transaction with every other row of
   * the same turn of the event loop. Rejects with StoreUnavailable, or because the number was used already.
   */
  write(row: LedgerRow): Promise<void> {
    return this.store.writes.run(insertRequest(requestRowOf(row)));
  }
}
