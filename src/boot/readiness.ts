import type { Clock } from "../core/clock.ts";
import type { Store } from "../store/open.ts";
import type { Snapshots } from "./snapshots.ts";

const REMEMBERED_MS = 2_000;

/** Ready = the store takes writes and something can answer. The store is asked at most every two seconds. */
export function readinessOf(clock: Clock, store: Store, snapshots: Snapshots): () => Promise<string | null> {
  let askedMs = Number.NEGATIVE_INFINITY;
  let writable: Promise<boolean> = Promise.resolve(false);
  return async () => {
    if (snapshots.current().catalog.models.size === 0) return "no provider serves any model";
    if (clock.monotonic() - askedMs > REMEMBERED_MS) {
      askedMs = clock.monotonic();
      writable = store.checkWritable();
    }
    return (await writable) ? null : "the data folder cannot be written to";
  };
}
