import type { Store } from "../store/open.ts";
import { isAll, type RequestMatch } from "../store/request-match.ts";
import { findRequests, lookAhead, type RequestPosition, spansWith } from "../store/requests-scan.ts";
import { HOUR_MS, type Span } from "../store/rollup-tiers.ts";
import type { RequestRow } from "../store/tables.ts";

/** How much is looked at for one page. */
export interface ScanBounds {
  /** Rows before the sums are asked where to look: what matches often is found among them. */
  firstRows: number;
  /** Rows in all; some 20 ms. */
  mostRows: number;
  /** Hours or minutes asked for at once. */
  spansAtOnce: number;
}

const BOUNDS: ScanBounds = { firstRows: 4_000, mostRows: 20_000, spansAtOnce: 60 };
/** Beyond all times. */
const NEVER_MS = 8.64e15;

export interface Scanned {
  rows: RequestRow[];
  /** Where to go on; null = that was all. */
  next: RequestPosition | null;
}

/**
 * One page of matching rows, newest first. There is no index for filters, because each would cost every request: rows are
 * looked at in the order of time, a bounded number, and where few match, only in the hours that the sums say have any. A
 * page can so be shorter than `limit`, or empty, with more behind it.
 */
export function scanRequests(
  store: Store,
  match: RequestMatch,
  span: Span,
  after: RequestPosition | null,
  limit: number,
  bounds = BOUNDS,
): Promise<Scanned> {
  return new Scan(store, match, span, limit, bounds).run(after);
}

class Scan {
  private readonly store: Store;
  private readonly match: RequestMatch;
  private readonly span: Span;
  private readonly limit: number;
  private readonly rows: RequestRow[] = [];
  private readonly bounds: ScanBounds;
  private left: number;

  constructor(store: Store, match: RequestMatch, span: Span, limit: number, bounds: ScanBounds) {
    this.bounds = bounds;
    this.left = bounds.mostRows;
    this.store = store;
    this.match = match;
    this.span = span;
    this.limit = limit;
  }

  async run(after: RequestPosition | null): Promise<Scanned> {
    if (isAll(this.match)) {
      const { queries } = this.store;
      const found = await findRequests(queries, this.match, this.span, after, this.limit + 1).execute();
      this.rows.push(...found);
      return this.page(null);
    }
    let position = await this.look(this.span, after, this.bounds.firstRows);
    while (position !== null && !this.isDone) {
      const spans = await this.spansBefore(position);
      position = spans.length === 0 ? null : await this.lookIn(spans, position);
    }
    return this.page(position);
  }

  private get isDone(): boolean {
    return this.rows.length > this.limit || this.left <= 0;
  }

  /** Looks at up to `most` rows of the span. Returns where it stopped; null = at the end of the span. */
  private async look(
    span: Span,
    after: RequestPosition | null,
    most: number,
  ): Promise<RequestPosition | null> {
    const { queries } = this.store;
    const [ahead] = await lookAhead(queries, span, after, most).execute();
    if (!ahead || ahead.time_ms === null) return null;
    this.left -= ahead.requests;
    const part = { fromMs: ahead.time_ms, toMs: span.toMs };
    const limit = this.limit + 1 - this.rows.length;
    this.rows.push(...(await findRequests(queries, this.match, part, after, limit).execute()));
    return ahead.requests < most ? null : begin(ahead.time_ms);
  }

  /** What begins after the position was looked at already. */
  private async spansBefore({ timeMs, sequence }: RequestPosition): Promise<Span[]> {
    const { fromMs } = this.span;
    const begins = {
      fromMs: Math.floor(fromMs / HOUR_MS) * HOUR_MS,
      toMs: sequence === 0 ? timeMs : timeMs + 1,
    };
    const found = await spansWith(this.store.queries, this.match, begins, this.bounds.spansAtOnce).execute();
    return found.flatMap(({ from_ms, to_ms }) => {
      const span = { fromMs: Math.max(from_ms, fromMs), toMs: Math.min(to_ms, this.span.toMs) };
      return span.fromMs < Math.min(span.toMs, begins.toMs) ? [span] : [];
    });
  }

  /** The spans one after the other, until the page is full or enough was looked at. Returns where it stopped. */
  private async lookIn(spans: readonly Span[], from: RequestPosition): Promise<RequestPosition> {
    let position = from;
    for (const span of spans) {
      if (this.isDone) return position;
      const stopped = await this.look(span, position, this.left);
      if (stopped) return stopped;
      if (span.fromMs <= position.timeMs) position = begin(span.fromMs);
    }
    return position;
  }

  private page(next: RequestPosition | null): Scanned {
    const rows = this.rows.slice(0, this.limit);
    const last = rows.at(-1);
    const isMore = this.rows.length > this.limit;
    return { rows, next: isMore && last ? { timeMs: last.time_ms, sequence: last.sequence } : next };
  }
}

/** Before every row of that time: numbers begin at 1. */
function begin(timeMs: number): RequestPosition {
  return { timeMs, sequence: 0 };
}

/** Of the logs, where null is no bound. */
export function spanOf(fromMs: number | null, toMs: number | null): Span {
  return { fromMs: fromMs ?? 0, toMs: toMs ?? NEVER_MS };
}
