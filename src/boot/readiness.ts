import type { Budgets } from "../budget/budgets.ts";
import type { Clock } from "../core/clock.ts";
import type { Store } from "../store/open.ts";
import type { Snapshots } from "./snapshots.ts";

const REMEMBERED_MS = 2_000;

interface Parts {
  clock: Clock;
  store: Pick<Store, "checkWritable">;
  /** While rows wait for the store nothing is sent, also where it takes what is smaller than a row. */
  budgets: Pick<Budgets, "unwrittenCount">;
  snapshots: Snapshots;
}

/** Ready = the store takes writes and something can answer. The store is asked at most every two seconds. */
export function readinessOf({ clock, store, budgets, snapshots }: Parts): () => Promise<string | null> {
  let askedMs = Number.NEGATIVE_INFINITY;
  let writable: Promise<boolean> = Promise.resolve(false);
  return async () => {
    if (snapshots.current().catalog.models.size === 0) return "no provider serves any model";
    if (clock.monotonic() - askedMs > REMEMBERED_MS) {
      askedMs = clock.monotonic();
      writable = store.checkWritable();
    }
    const isTaking = budgets.unwrittenCount === 0 && (await writable);
    return isTaking ? null : "the data folder cannot be written to";
  };
}
