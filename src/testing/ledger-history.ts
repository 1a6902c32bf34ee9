import fc from "fast-check";
import { requestRowOf } from "../ledger/request-row.ts";
import type { LedgerRow, RowStatus } from "../ledger/row.ts";
import type { Store } from "../store/open.ts";
import { deleteOldRequests } from "../store/requests-retention.ts";
import { insertRequest } from "../store/requests-table.ts";
import { compactMinutes } from "../store/rollup-compaction.ts";
import { sampleRow } from "./ledger-row.ts";

const HOUR_MS = 3_600_000;
const STATUSES: readonly RowStatus[] = ["ok", "error", "canceled", "interrupted", "refused"];

/** Random rows of a while, few enough names that they meet. */
export function someRow(fromMs: number, toMs: number): fc.Arbitrary<Partial<LedgerRow>> {
  const tokens = fc.nat(5_000);
  return fc.record({
    timeMs: fc.integer({ min: fromMs, max: toMs - 1 }),
    orgId: fc.constantFrom("org_a", "org_b"),
    keyId: fc.constantFrom("key_1", "key_2", "key_3"),
    provider: fc.constantFrom("openai", "my-vps", null),
    model: fc.constantFrom("gpt-4o", "llama3.1", null),
    industry: fc.constantFrom("legal", null),
    operation: fc.constantFrom("chat" as const, "embeddings" as const),
    status: fc.constantFrom(...STATUSES),
    usage: fc.option(
      fc.record({
        input: tokens,
        cachedRead: tokens,
        cacheWrite: tokens,
        output: tokens,
        reasoning: tokens,
      }),
    ),
    usageSource: fc.constantFrom("provider" as const, "none" as const),
    costNanoUsd: fc.option(fc.nat(10 ** 12)),
    latencyMs: fc.nat(600_000_000).map((us) => us / 1000),
    ttftMs: fc.option(fc.nat(60_000_000).map((us) => us / 1000)),
    fallbackUsed: fc.boolean(),
  });
}

/** What can happen to a ledger. Hours count from the beginning of the while. */
export type Event =
  | { kind: "write"; rows: Partial<LedgerRow>[]; again: boolean }
  | { kind: "compact"; hours: number; most: number }
  | { kind: "delete"; hours: number; most: number };

export function someEvents(fromMs: number, toMs: number): fc.Arbitrary<Event[]> {
  const hours = fc.integer({ min: 0, max: Math.ceil((toMs - fromMs) / HOUR_MS) });
  return fc.array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant("write" as const),
          rows: fc.array(someRow(fromMs, toMs), { minLength: 1, maxLength: 25 }),
          again: fc.boolean(),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant("compact" as const),
          hours,
          most: fc.integer({ min: 1, max: 60 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("delete" as const),
          hours,
          most: fc.integer({ min: 1, max: 30 }),
        }),
      },
    ),
    { minLength: 1, maxLength: 12 },
  );
}

export interface History {
  /** Every row that was written, deleted or not. */
  rows: LedgerRow[];
  /** Raw rows of before may be gone. */
  rawSinceMs: number;
}

/** Plays the events; a row that comes `again` has a number that is taken, so its whole group is undone and redone singly. */
export async function play(store: Store, events: readonly Event[], startMs: number): Promise<History> {
  const history: History = { rows: [], rawSinceMs: 0 };
  for (const event of events) {
    if (event.kind === "write") {
      const rows = event.rows.map((row, n) => sampleRow({ sequence: history.rows.length + n + 1, ...row }));
      const written = event.again ? [...rows, ...rows.slice(0, 1)] : rows;
      const results = await Promise.allSettled(
        written.map((row) => store.writes.run(insertRequest(requestRowOf(row)))),
      );
      if (results.filter(({ status }) => status === "rejected").length !== written.length - rows.length)
        throw new Error("a row was refused");
      history.rows.push(...rows);
      continue;
    }
    const beforeMs = Math.floor(startMs / HOUR_MS) * HOUR_MS + event.hours * HOUR_MS;
    const step = event.kind === "compact" ? compactMinutes : deleteOldRequests;
    await store.writes.run((db) => void step(db, beforeMs, event.most));
    if (event.kind === "delete") history.rawSinceMs = Math.max(history.rawSinceMs, beforeMs);
  }
  return history;
}
