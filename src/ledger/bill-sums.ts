import { openLateRequests } from "../store/bills-table.ts";
import type { Store } from "../store/open.ts";
import type { RollupSums } from "../store/rollup-sums.ts";
import type { LateRequestRow } from "../store/tables.ts";
import type { BillEntry } from "./bill.ts";
import { type SumLine, type SumsOptions, sumsTogether } from "./sums.ts";

/** A while of one organization: `fromMs` belongs to it, `toMs` does not. */
export interface OrgSpan {
  orgId: string;
  fromMs: number;
  toMs: number;
}

export interface LateEntry extends BillEntry {
  sequence: number;
  timeMs: number;
}

export interface MonthSums {
  /** What the requests of each span came to; a span without any is missing. */
  entries: ReadonlyMap<OrgSpan, readonly BillEntry[]>;
  /** By organization: what came after its month was closed and is in no closed bill. */
  late: ReadonlyMap<string, readonly LateEntry[]>;
}

/**
 * All that bills are written from. What is late is read before the sums and behind them, until it is the same: so each
 * late request is in the sums of a span that it belongs to, or came after all of this.
 */
export async function monthSums(
  store: Store,
  spans: readonly OrgSpan[],
  orgIds: readonly string[],
): Promise<MonthSums> {
  const readLate = () => openLateRequests(store.queries, orgIds).execute();
  let late = await readLate();
  for (;;) {
    const entries = await entriesOf(store, spans);
    const now = await readLate();
    // They only become more: nothing is billed meanwhile.
    if (now.length === late.length) return { entries, late: byOrg(late) };
    late = now;
  }
}

/** What a bill tells; reading no more makes it a third faster. */
const BILLED = [
  ...["requests", "unpriced", "inputTokens", "cachedReadTokens", "cacheWriteTokens"],
  ...["outputTokens", "reasoningTokens", "costNanoUsd"],
] as readonly (keyof RollupSums)[];

/** Organizations of one calendar have one span, and are read together. */
async function entriesOf(store: Store, spans: readonly OrgSpan[]): Promise<Map<OrgSpan, BillEntry[]>> {
  const together = [...Map.groupBy(spans, ({ fromMs, toMs }) => `${fromMs} ${toMs}`).values()];
  const { sums } = await sumsTogether(store, together.map(askedOf));
  const entries = new Map<OrgSpan, BillEntry[]>();
  for (const [index, group] of together.entries()) {
    const lines = Map.groupBy(sums[index] ?? [], ({ org_id }) => org_id);
    for (const span of group) {
      const own = lines.get(span.orgId);
      if (own) entries.set(span, own.map(entryOf));
    }
  }
  return entries;
}

function askedOf(group: readonly OrgSpan[]): SumsOptions {
  const [first] = group;
  return {
    orgId: group.length === 1 ? first?.orgId : null,
    fromMs: first?.fromMs ?? 0,
    toMs: first?.toMs ?? 0,
    by: ["org_id", "provider", "model", "key_id", "industry"],
    only: BILLED,
  };
}

function entryOf(line: SumLine): BillEntry {
  return {
    provider: textOf(line.provider),
    model: textOf(line.model),
    keyId: String(line.key_id),
    industry: textOf(line.industry),
    requests: line.requests,
    promptTokens: line.inputTokens + line.cachedReadTokens + line.cacheWriteTokens,
    completionTokens: line.outputTokens + line.reasoningTokens,
    costNanoUsd: line.costNanoUsd,
    unpricedRequests: line.unpriced,
  };
}

function textOf(value: string | number | null | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function byOrg(rows: readonly LateRequestRow[]): Map<string, LateEntry[]> {
  const groups = Map.groupBy(rows, ({ org_id }) => org_id);
  return new Map([...groups].map(([orgId, group]) => [orgId, group.map(lateEntryOf)]));
}

function lateEntryOf(row: LateRequestRow): LateEntry {
  return {
    sequence: row.sequence,
    timeMs: row.time_ms,
    provider: row.provider,
    model: row.model,
    keyId: row.key_id,
    industry: row.industry,
    requests: 1,
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    costNanoUsd: row.cost_nano_usd ?? 0,
    unpricedRequests: row.is_unpriced,
  };
}
