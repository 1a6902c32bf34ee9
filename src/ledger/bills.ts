import { monthAt, monthClosesAtMs, monthSpan, nextMonth } from "../core/calendar.ts";
import { type Clock, toRfc3339 } from "../core/clock.ts";
import { parseJson } from "../core/json.ts";
import { findBills, keyNames } from "../store/bills-table.ts";
import type { Store } from "../store/open.ts";
import type { BillRow, OrgRow } from "../store/tables.ts";
import { type BillDocument, billOf, billOfAll, checksumOf } from "./bill.ts";
import { type BillChain, BillClosing } from "./bill-closing.ts";
import { monthSums } from "./bill-sums.ts";

export interface Bill {
  document: BillDocument;
  /** SHA-256 of the document's canonical JSON, in hex, of a closed month of one organization; else null. */
  checksum: string | null;
}

/** A closed bill is not what was written, or is gone. The figures can be added up again, but they would be others. */
export class BillDamaged extends Error {
  constructor(orgId: string, month: string, why: string) {
    super(`The closed bill of ${orgId} for ${month} is damaged: ${why}`);
    this.name = "BillDamaged";
  }
}

/** An organization with the span that a month has for it. */
interface OrgMonth {
  org: OrgRow;
  fromMs: number;
  toMs: number;
  /** `none` = before its first bill; nothing is there, and nothing will be. */
  state: "closed" | "first open" | "open" | "none";
}

/** The bills of all months. Those that are over are closed at the first look at any of them, and by `closeDue`. */
export class Bills {
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly closing: BillClosing;
  private last: Promise<unknown> = Promise.resolve();

  constructor(parts: { store: Store; clock: Clock }) {
    this.store = parts.store;
    this.clock = parts.clock;
    this.closing = new BillClosing(parts);
  }

  /**
   * Of one organization; null = there is none such. A null month is the current one by its calendar. Throws BillDamaged,
   * and StoreUnavailable where a month is over and cannot be closed.
   */
  of(orgId: string, month: string | null): Promise<Bill | null> {
    return this.alone(async () => {
      const { orgs, chains } = (await this.closing.closeDue()).state;
      const org = orgs.find(({ id }) => id === orgId);
      if (!org) return null;
      const wanted = month ?? monthAt(org.time_zone, this.clock.now());
      const [bill] = await this.read([org], wanted, chains);
      return bill ?? null;
    });
  }

  /** Of all organizations together, each by its own calendar. A null month is the current one in UTC. */
  ofAll(month: string | null): Promise<Bill> {
    return this.alone(async () => {
      const { orgs, chains } = (await this.closing.closeDue()).state;
      const wanted = month ?? monthAt("UTC", this.clock.now());
      const bills = await this.read(orgs, wanted, chains);
      const document = billOfAll(
        wanted,
        bills.map((bill) => bill.document),
      );
      return { document, checksum: null };
    });
  }

  /** Closes every month that is due; how many there were. */
  closeDue(): Promise<number> {
    return this.alone(async () => (await this.closing.closeDue()).closed);
  }

  /** One after the other: nothing is closed while a bill is read. */
  private alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(work);
    this.last = result.catch(() => {});
    return result;
  }

  private async read(
    orgs: readonly OrgRow[],
    month: string,
    chains: ReadonlyMap<string, BillChain>,
  ): Promise<Bill[]> {
    const months = orgs.map((org) => orgMonthOf(org, month, chains.get(org.id)));
    const written = months.filter(({ state }) => state === "open" || state === "first open");
    const spanOf = new Map(written.map(({ org, fromMs, toMs }) => [org.id, { orgId: org.id, fromMs, toMs }]));
    const { queries } = this.store;
    const orgIds = written.map(({ org }) => org.id);
    const { entries, late } = await monthSums(this.store, [...spanOf.values()], orgIds);
    const names = new Map((await keyNames(queries, orgIds).execute()).map(({ id, name }) => [id, name]));
    const closedIds = months.filter(({ state }) => state === "closed").map(({ org }) => org.id);
    const rows = await findBills(queries, month, closedIds).execute();
    return months.map(({ org, fromMs, toMs, state }) => {
      if (state === "closed") {
        return kept(
          org.id,
          month,
          rows.find(({ org_id }) => org_id === org.id),
        );
      }
      const closesAtMs = monthClosesAtMs(month, org.time_zone);
      const head = {
        ...{ org_id: org.id, month, time_zone: org.time_zone },
        ...{ from: toRfc3339(fromMs), to: toRfc3339(toMs) },
        ...{ closed: closesAtMs <= this.clock.now(), closes_at: toRfc3339(closesAtMs) },
      };
      const adjustments = state === "first open" ? (late.get(org.id) ?? []) : [];
      const span = spanOf.get(org.id);
      const all = [...((span && entries.get(span)) ?? []), ...adjustments];
      return { document: billOf(head, all, adjustments, (id) => names.get(id) ?? null), checksum: null };
    });
  }
}

/** The first month after the closed ones begins where they end, whatever the time zone is now. */
function orgMonthOf(org: OrgRow, month: string, chain: BillChain | undefined): OrgMonth {
  const { startMs, endMs } = monthSpan(month, org.time_zone);
  const plain = { org, fromMs: startMs, toMs: endMs };
  if (!chain) return { ...plain, state: "open" };
  if (month < chain.firstMonth) return { ...plain, state: "none" };
  if (month <= chain.lastMonth) return { ...plain, state: "closed" };
  if (month !== nextMonth(chain.lastMonth)) return { ...plain, state: "open" };
  return { ...plain, fromMs: chain.toMs, state: "first open" };
}

/** As it was written when the month closed, or BillDamaged. */
function kept(orgId: string, month: string, row: BillRow | undefined): Bill {
  if (!row) throw new BillDamaged(orgId, month, "it is gone");
  const { document, checksum } = row;
  if (document === null || checksum === null || checksumOf(document) !== checksum)
    throw new BillDamaged(orgId, month, "its checksum is another");
  // The checksum says that it is a text of ours.
  const bill = parseJson(document) as BillDocument;
  if (bill.org_id !== orgId || bill.month !== month)
    throw new BillDamaged(orgId, month, `it is that of ${bill.org_id} for ${bill.month}`);
  return { document: bill, checksum };
}
