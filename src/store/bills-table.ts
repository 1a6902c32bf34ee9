import type { Write } from "./group-commit.ts";
import type { BillRow, Queries } from "./tables.ts";

export type BillSpan = Pick<BillRow, "org_id" | "month" | "time_zone" | "from_ms" | "to_ms">;

/** The first and the last closed month of each organization, and where the last one ends. */
export function billChains(queries: Queries) {
  return queries
    .selectFrom("bills")
    .select(({ fn }) => [
      "org_id",
      fn.min("month").as("first_month"),
      fn.max("month").as("last_month"),
      fn.max("to_ms").as("to_ms"),
    ])
    .groupBy("org_id");
}

/** Closed, and not yet added up. */
export function unfinishedBills(queries: Queries) {
  return queries
    .selectFrom("bills")
    .select(["org_id", "month", "time_zone", "from_ms", "to_ms"])
    .where("document", "is", null);
}

export function findBills(queries: Queries, month: string, orgIds: readonly string[]) {
  return queries.selectFrom("bills").selectAll().where("month", "=", month).where("org_id", "in", orgIds);
}

export function keyNames(queries: Queries, orgIds: readonly string[]) {
  return queries.selectFrom("keys").select(["id", "name"]).where("org_id", "in", orgIds);
}

/** Requests that came after their month was closed and are in no closed bill. */
export function openLateRequests(queries: Queries, orgIds: readonly string[]) {
  return queries
    .selectFrom("late_requests")
    .selectAll()
    .where("billed_month", "is", null)
    .where("org_id", "in", orgIds)
    .orderBy("sequence");
}

/** Closes months: what is written from now on and belongs into them by its time is late. */
export function closeMonths(spans: readonly BillSpan[]): Write {
  return (db) => {
    const insert = db.query(
      "INSERT INTO bills (org_id, month, time_zone, from_ms, to_ms) VALUES (?, ?, ?, ?, ?)",
    );
    for (const it of spans) insert.run(it.org_id, it.month, it.time_zone, it.from_ms, it.to_ms);
  };
}

export interface FinishedBill {
  orgId: string;
  month: string;
  document: string;
  checksum: string;
  closedAtMs: number;
  /** The late requests that are in it. */
  lateSequences: readonly number[];
}

/** Writes what a closed month came to, once. */
export function finishBill(bill: FinishedBill): Write {
  return (db) => {
    db.query(
      `UPDATE bills SET document = ?, checksum = ?, closed_at_ms = ?
       WHERE org_id = ? AND month = ? AND document IS NULL`,
    ).run(bill.document, bill.checksum, bill.closedAtMs, bill.orgId, bill.month);
    db.query(
      `UPDATE late_requests SET billed_month = ?
       WHERE billed_month IS NULL AND sequence IN (SELECT value FROM json_each(?))`,
    ).run(bill.month, JSON.stringify(bill.lateSequences));
  };
}
