import { insertBodies } from "../store/bodies-table.ts";
import type { Write } from "../store/group-commit.ts";
import type { Store } from "../store/open.ts";
import { insertRequest } from "../store/requests-table.ts";
import type { RequestBodiesRow, RequestRow } from "../store/tables.ts";
import { together } from "../store/write.ts";
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
    return this.store.writes.run(this.writeOf(row));
  }

  /** The row as part of a transaction, with what was said. */
  writeOf(row: LedgerRow, bodies: RequestBodiesRow | null = null): Write {
    const insert = this.insert(requestRowOf(row));
    return bodies ? together(insert, insertBodies(bodies)) : insert;
  }

  /** The same of a row that is in the table's form already. */
  insert(row: RequestRow): Write {
    return insertRequest(row);
  }
}
