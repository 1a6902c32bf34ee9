import { createHash } from "node:crypto";
import { canonicalJson } from "../core/canonical-json.ts";
import { formatUsd, parseUsd } from "../core/money.ts";

/** What requests came to. Those whose cost is unknown are `unpricedRequests`, and not in the cost. */
export interface Figures {
  requests: number;
  promptTokens: number;
  completionTokens: number;
  /** Nano-USD. */
  costNanoUsd: number;
  unpricedRequests: number;
}

/** Figures of requests that agree in these; null = nobody answered, or no industry was told. */
export interface BillEntry extends Figures {
  provider: string | null;
  model: string | null;
  keyId: string;
  industry: string | null;
}

/** As it is answered and kept: money as decimal strings, unknown as null. */
interface ShownFigures {
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost_usd: string;
  unpriced_requests: number;
}

export interface BillLine extends ShownFigures {
  /** null = the requests that have none. */
  name: string | null;
}

export interface KeyLine extends BillLine {
  /** What the key was called when the bill was written; null = nobody knows. */
  key_name: string | null;
}

/** Each list adds up to the totals. */
export interface BillDocument {
  /** null = of all organizations, each by its own calendar; so are the times below. */
  org_id: string | null;
  /** `2026-11`. */
  month: string;
  time_zone: string | null;
  /** Inclusive. */
  from: string | null;
  /** Exclusive. */
  to: string | null;
  closed: boolean;
  closes_at: string | null;
  total_usd: string;
  requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  unpriced_requests: number;
  /** The part of it that came too late for the bill of its own month. */
  adjustments: ShownFigures;
  by_provider: BillLine[];
  by_model: BillLine[];
  /** By id. */
  by_key: KeyLine[];
  by_industry: BillLine[];
}

export type BillHead = Pick<
  BillDocument,
  "org_id" | "month" | "time_zone" | "from" | "to" | "closed" | "closes_at"
>;

/** Writes a bill. `adjustments` are among the entries. */
export function billOf(
  head: BillHead,
  entries: readonly BillEntry[],
  adjustments: readonly BillEntry[],
  nameOfKey: (id: string) => string | null,
): BillDocument {
  const { cost_usd: total_usd, ...total } = shown(addUp(entries));
  return {
    ...head,
    total_usd,
    ...total,
    adjustments: shown(addUp(adjustments)),
    by_provider: linesBy(entries, (entry) => entry.provider),
    by_model: linesBy(entries, (entry) => entry.model),
    by_key: linesBy(entries, (entry) => entry.keyId).map(({ name, ...rest }) => ({
      name,
      key_name: name === null ? null : nameOfKey(name),
      ...rest,
    })),
    by_industry: linesBy(entries, (entry) => entry.industry),
  };
}

/** One bill of several organizations: lines of one name become one. It is closed once each of them is. */
export function billOfAll(month: string, bills: readonly BillDocument[]): BillDocument {
  const entriesIn = (list: (bill: BillDocument) => readonly BillLine[]) =>
    linesBy(bills.flatMap(list).map(readLine), ({ name }) => name);
  const keyNames = new Map(bills.flatMap(({ by_key }) => by_key).map((line) => [line.name, line.key_name]));
  const totals = bills.map(({ total_usd, ...bill }) =>
    readLine({ ...bill, name: null, cost_usd: total_usd }),
  );
  const { cost_usd: total_usd, ...total } = shown(addUp(totals));
  return {
    ...{ org_id: null, month, time_zone: null, from: null, to: null },
    closed: bills.every(({ closed }) => closed),
    closes_at: null,
    total_usd,
    ...total,
    adjustments: shown(addUp(bills.map(({ adjustments }) => readLine({ ...adjustments, name: null })))),
    by_provider: entriesIn((bill) => bill.by_provider),
    by_model: entriesIn((bill) => bill.by_model),
    by_key: entriesIn((bill) => bill.by_key).map(({ name, ...rest }) => ({
      name,
      key_name: keyNames.get(name) ?? null,
      ...rest,
    })),
    by_industry: entriesIn((bill) => bill.by_industry),
  };
}

/** What is kept of a closed bill: the text, and the SHA-256 of it in hex. */
export function sealBill(bill: BillDocument): { document: string; checksum: string } {
  const document = canonicalJson(bill);
  return { document, checksum: checksumOf(document) };
}

export function checksumOf(document: string): string {
  return createHash("sha256").update(document).digest("hex");
}

function addUp(all: readonly Figures[]): Figures {
  const total = { requests: 0, promptTokens: 0, completionTokens: 0, costNanoUsd: 0, unpricedRequests: 0 };
  for (const each of all) {
    total.requests += each.requests;
    total.promptTokens += each.promptTokens;
    total.completionTokens += each.completionTokens;
    total.costNanoUsd += each.costNanoUsd;
    total.unpricedRequests += each.unpricedRequests;
  }
  return total;
}

/** Dearest first, then busiest, then by name; what has no name comes after its equals. */
function linesBy<Entry extends Figures>(
  entries: readonly Entry[],
  nameOf: (entry: Entry) => string | null,
): BillLine[] {
  return [...Map.groupBy(entries, nameOf)]
    .map(([name, group]) => ({ name, figures: addUp(group) }))
    .sort(
      ({ name: nameA, figures: a }, { name: nameB, figures: b }) =>
        b.costNanoUsd - a.costNanoUsd || b.requests - a.requests || byName(nameA, nameB),
    )
    .map(({ name, figures }) => ({ name, ...shown(figures) }));
}

function byName(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -1 : 1;
}

function shown(figures: Figures): ShownFigures {
  return {
    requests: figures.requests,
    prompt_tokens: figures.promptTokens,
    completion_tokens: figures.completionTokens,
    cost_usd: formatUsd(figures.costNanoUsd),
    unpriced_requests: figures.unpricedRequests,
  };
}

/** Back from what `shown` wrote. */
function readLine({ name, cost_usd, ...line }: BillLine): Figures & { name: string | null } {
  return {
    name,
    requests: line.requests,
    promptTokens: line.prompt_tokens,
    completionTokens: line.completion_tokens,
    costNanoUsd: parseUsd(cost_usd) ?? 0,
    unpricedRequests: line.unpriced_requests,
  };
}
