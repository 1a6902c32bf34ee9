import { type ApiError, apiError } from "../core/errors.ts";
import { sequenceOfRequestId } from "../core/ids.ts";
import { decodeCursor, encodeCursor } from "../store/cursor.ts";
import type { Store } from "../store/open.ts";
import { findRequest } from "../store/requests-table.ts";
import { type Breakdown, type BreakdownOptions, breakdownOf } from "./breakdown.ts";
import { type Dashboard, type DashboardOptions, dashboardOf } from "./dashboard.ts";
import { type Facets, facetsOf } from "./facets.ts";
import { scanRequests, spanOf } from "./log-scan.ts";
import { ledgerRowOf } from "./request-row.ts";
import type { LedgerRow, RowStatus } from "./row.ts";

/** What logs are chosen by. A null field does not filter. */
export interface LogChoice {
  /** null = every organization. */
  orgId: string | null;
  /** Inclusive, milliseconds. */
  fromMs: number | null;
  /** Exclusive, milliseconds. */
  toMs: number | null;
  model: string | null;
  provider: string | null;
  keyId: string | null;
  status: RowStatus | null;
  industry: string | null;
  fallback: boolean | null;
}

/** What `GET /logs` can ask for. */
export interface LedgerFilter extends LogChoice {
  /** 1 to 1000. */
  limit: number;
  /** `nextCursor` of the page before; null = the first page. */
  cursor: string | null;
}

export interface LedgerPage {
  /** Where few rows match, fewer than asked for, or none, with more behind the cursor. */
  rows: LedgerRow[];
  /** null = this was the last page. */
  nextCursor: string | null;
}

export interface LedgerRefusal {
  refusal: ApiError;
}

/** Reads the ledger, off the main thread. */
export class LedgerReader {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** One page, newest first. Pages by position, so rows written meanwhile neither repeat nor push others out. */
  async list(filter: LedgerFilter): Promise<LedgerPage | LedgerRefusal> {
    const { limit, cursor } = filter;
    if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
      return refuse("limit", "The limit must be a whole number from 1 to 1000.");
    const position = cursor === null ? null : decodeCursor("logs", ["number", "number"], cursor);
    if (cursor !== null && position === null)
      return refuse("cursor", "The cursor is not one this list gave out.");
    const after = position && { timeMs: position[0], sequence: position[1] };
    const { fromMs, toMs, ...match } = choiceOf(filter);
    const found = await scanRequests(this.store, match, spanOf(fromMs, toMs), after, limit);
    return {
      rows: found.rows.map(ledgerRowOf),
      nextCursor: found.next && encodeCursor("logs", [found.next.timeMs, found.next.sequence]),
    };
  }

  /** What the matching requests can be told apart by further. */
  facets(choice: LogChoice): Promise<Facets> {
    const { fromMs, toMs, ...match } = choiceOf(choice);
    return facetsOf(this.store, match, spanOf(fromMs, toMs));
  }

  /** What they came to, told apart by what is asked for. `from` and `to` are given. */
  breakdown(
    { fromMs, toMs, ...choice }: LogChoice & { fromMs: number; toMs: number },
    asked: Pick<BreakdownOptions, "by" | "isStepped" | "top">,
  ): Promise<Breakdown> {
    const { fromMs: _from, toMs: _to, ...match } = choiceOf({ ...choice, fromMs, toMs });
    return breakdownOf(this.store, { ...asked, match, span: { fromMs, toMs } });
  }

  /** By its public id `req_…`; null where there is none, or it belongs to another organization. */
  async get(id: string, orgId: string | null): Promise<LedgerRow | null> {
    const sequence = sequenceOfRequestId(id);
    if (sequence === null) return null;
    const row = await findRequest(this.store.queries, sequence, orgId).executeTakeFirst();
    return row ? ledgerRowOf(row) : null;
  }

  dashboard(options: DashboardOptions): Promise<Dashboard> {
    return dashboardOf(this.store, options);
  }
}

function choiceOf({ orgId, fromMs, toMs, model, provider, keyId, status, industry, fallback }: LogChoice) {
  return { orgId, fromMs, toMs, model, provider, keyId, status, industry, fallback };
}

function refuse(param: string, message: string): LedgerRefusal {
  return { refusal: apiError("invalid_request", message, { param }) };
}
