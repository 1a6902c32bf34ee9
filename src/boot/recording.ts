import type { Budgets } from "../budget/budgets.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { bodiesRowOf } from "../ledger/bodies.ts";
import type { Ledger } from "../ledger/ledger.ts";

/** A request's row, and in its transaction what was said where that is kept; its budgets learn of it. */
export function recordingIn(ledger: Ledger, budgets: Pick<Budgets, "record">): Gateway["write"] {
  return (row, said) =>
    said === null
      ? budgets.record(row, ledger.writeOf(row))
      : bodiesRowOf(row, said).then((bodies) => budgets.record(row, ledger.writeOf(row, bodies)));
}
