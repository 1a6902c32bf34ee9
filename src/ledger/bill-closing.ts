import { monthAt, monthClosesAtMs, monthSpan, nextMonth } from "../core/calendar.ts";
import { type Clock, toRfc3339 } from "../core/clock.ts";
import {
  type BillSpan,
  billChains,
  closeMonths,
  finishBill,
  keyNames,
  unfinishedBills,
} from "../store/bills-table.ts";
import type { Store } from "../store/open.ts";
import { allOrgs } from "../store/orgs-table.ts";
import type { OrgRow } from "../store/tables.ts";
import { together } from "../store/write.ts";
import { type BillHead, billOf, sealBill } from "./bill.ts";
import { monthSums } from "./bill-sums.ts";
import { sumsBetween } from "./sums.ts";

/** The closed months of an organization: from the first to the last, without a gap. */
export interface BillChain {
  firstMonth: string;
  lastMonth: string;
  /** Where the last one ends. */
  toMs: number;
}

export interface BillState {
  orgs: readonly OrgRow[];
  chains: ReadonlyMap<string, BillChain>;
  /** Closed, and not yet added up: a process ended between the two. */
  unfinished: readonly BillSpan[];
}

/** No request was ever numbered before: a row from then is of a clock that was wrong, and in the first bill. */
const EARLIEST_MONTH = "2024-01";
const EARLIEST_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** Closes months that are over, once and in order. One call at a time. */
export class BillClosing {
  private readonly store: Store;
  private readonly clock: Clock;

  constructor({ store, clock }: { store: Store; clock: Clock }) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Closes every month that is due, of every organization. Two steps, each durable: first the month is closed, so that
   * from then on the database itself tells what comes late; then what it holds is added up. A crash between the two is
   * found here.
   */
  async closeDue(): Promise<{ state: BillState; closed: number }> {
    let closed = 0;
    for (;;) {
      const state = await this.read();
      if (state.unfinished.length > 0) {
        await this.finish(state);
        closed += state.unfinished.length;
        continue;
      }
      const due = await this.dueIn(state);
      if (due.length === 0) return { state, closed };
      await this.store.writes.run(closeMonths(due));
    }
  }

  private async read(): Promise<BillState> {
    const { queries } = this.store;
    const [orgs, chains, unfinished] = await this.store.readTogether([
      allOrgs(queries),
      billChains(queries),
      unfinishedBills(queries),
    ]);
    return {
      orgs,
      chains: new Map(
        chains.map(({ org_id, first_month, last_month, to_ms }) => [
          org_id,
          { firstMonth: first_month, lastMonth: last_month, toMs: to_ms },
        ]),
      ),
      unfinished,
    };
  }

  /** The next month of each organization, where it is over. */
  private async dueIn({ orgs, chains }: BillState): Promise<BillSpan[]> {
    const nowMs = this.clock.now();
    const firstMonths = await this.firstMonths(orgs.filter(({ id }) => !chains.has(id)));
    return orgs.flatMap(({ id, time_zone }) => {
      const chain = chains.get(id);
      const month = chain ? nextMonth(chain.lastMonth) : (firstMonths.get(id) ?? EARLIEST_MONTH);
      if (monthClosesAtMs(month, time_zone) > nowMs) return [];
      const { startMs, endMs } = monthSpan(month, time_zone);
      return [{ org_id: id, month, time_zone, from_ms: chain?.toMs ?? startMs, to_ms: endMs }];
    });
  }

  /** Where the chain of each will begin: with the organization, or with requests that are older than it. */
  private async firstMonths(orgs: readonly OrgRow[]): Promise<Map<string, string>> {
    if (orgs.length === 0) return new Map();
    const begins = orgs.map(({ time_zone, created_at_ms }) => {
      return monthSpan(monthAt(time_zone, created_at_ms), time_zone).startMs;
    });
    const older = await sumsBetween(this.store, {
      ...{ fromMs: EARLIEST_MS, toMs: Math.max(EARLIEST_MS, ...begins) },
      ...{ by: ["org_id"], stepMs: DAY_MS },
    });
    const days = Map.groupBy(older, ({ org_id }) => org_id);
    return new Map(
      orgs.map(({ id, time_zone, created_at_ms }) => {
        // A day may begin in the month before, which then is an empty bill.
        const times = (days.get(id) ?? []).map(({ time_ms }) => time_ms ?? created_at_ms);
        const month = monthAt(time_zone, Math.min(created_at_ms, ...times));
        return [id, month < EARLIEST_MONTH ? EARLIEST_MONTH : month];
      }),
    );
  }

  private async finish({ unfinished, chains }: BillState): Promise<void> {
    const orgIds = unfinished.map(({ org_id }) => org_id);
    const parts = unfinished.map((bill) => {
      const { org_id: orgId, month, from_ms: fromMs, to_ms: toMs } = bill;
      const isFirst = chains.get(orgId)?.firstMonth === month;
      return {
        bill,
        span: { orgId, fromMs, toMs },
        before: isFirst ? { orgId, fromMs: Number.NEGATIVE_INFINITY, toMs: fromMs } : null,
      };
    });
    const spans = parts.flatMap(({ span, before }) => (before ? [span, before] : [span]));
    const { entries, late } = await monthSums(this.store, spans, orgIds);
    const names = await keyNames(this.store.queries, orgIds).execute();
    const nameOf = new Map(names.map(({ id, name }) => [id, name]));
    const writes = parts.map(({ bill, span, before }) => {
      const allLate = late.get(span.orgId) ?? [];
      // What came between the two steps is in the sums as well.
      const fromMs = before ? before.fromMs : span.fromMs;
      const others = allLate.filter(({ timeMs }) => timeMs < fromMs || timeMs >= span.toMs);
      const adjustments = [...((before && entries.get(before)) ?? []), ...others];
      const all = [...(entries.get(span) ?? []), ...adjustments];
      const document = billOf(headOf(bill), all, adjustments, (id) => nameOf.get(id) ?? null);
      return finishBill({
        ...{ orgId: span.orgId, month: bill.month, ...sealBill(document) },
        closedAtMs: this.clock.now(),
        lateSequences: allLate.map(({ sequence }) => sequence),
      });
    });
    await this.store.writes.run(together(...writes));
  }
}

function headOf({ org_id, month, time_zone, from_ms, to_ms }: BillSpan): BillHead {
  return {
    ...{ org_id, month, time_zone, from: toRfc3339(from_ms), to: toRfc3339(to_ms) },
    ...{ closed: true, closes_at: toRfc3339(monthClosesAtMs(month, time_zone)) },
  };
}
