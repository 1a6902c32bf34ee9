import { expect, test } from "bun:test";
import fc from "fast-check";
import { periodAt } from "../../budget/period.ts";
import type { LedgerRow, RowStatus } from "../../ledger/row.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, START_MS } from "../../testing/manage.ts";

/*
 * One truth in five places: whatever rows there are, logs, dashboard, facets, bill and budgets tell the same of them, for
 * every organization in its own calendar.
 */

/** Of every offset there is, and some that change. */
const ZONES = [
  ...["UTC", "Europe/Vienna", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham"],
  ...["Australia/Lord_Howe", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Apia", "Africa/Casablanca"],
  ...["Pacific/Pago_Pago", "Asia/Tehran", "America/Sao_Paulo", "Australia/Eucla", "Pacific/Marquesas"],
];
const STATUSES: readonly RowStatus[] = ["ok", "error", "canceled", "interrupted", "refused"];
const HOUR_MS = 3_600_000;
const RUNS = 40;

const scene = await manageScene();
const { secret: admin } = await scene.keyWith(["admin"]);
const get = async (path: string) => jsonOf(scene.call("GET", `/api/v1${path}`, admin));
const post = async (path: string, body: object) => jsonOf(scene.call("POST", `/api/v1${path}`, admin, body));
// January is over everywhere, and its bills are open.
scene.clock.advance(Date.parse("2027-02-01T20:00:00Z") - START_MS);
let sequence = 0;

const oneOf = fc.constantFrom;
const rowOf = fc.record({
  /** Around the beginning and the end of the month, and anywhere in it. */
  place: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: -0.01, max: 1, noNaN: true })),
  shiftMs: oneOf(-1, 0, 1, -HOUR_MS, HOUR_MS, 900_000),
  status: oneOf(...STATUSES),
  provider: oneOf("openai", "my-vps", null),
  model: oneOf("gpt-4o", "llama3.1", null),
  keyId: oneOf("key_1", "key_2"),
  industry: oneOf("legal", null),
  costNanoUsd: fc.oneof(oneOf(0, null, 1), fc.integer({ min: 0, max: 5_000_000_000 })),
  tokens: fc.integer({ min: 0, max: 100_000 }),
  fallbackUsed: fc.boolean(),
});

interface Sums {
  requests: number;
  costNanoUsd: bigint;
  promptTokens: number;
  completionTokens: number;
}

const nano = (usd: string | null) => (usd === null ? 0n : BigInt(usd.replace(".", "")));

function sumsBy<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string | null,
  read: (item: Item) => Sums,
) {
  const sums = new Map<string | null, Sums>();
  for (const item of items) {
    const [sum, more] = [sums.get(nameOf(item)), read(item)];
    sums.set(nameOf(item), {
      requests: (sum?.requests ?? 0) + more.requests,
      costNanoUsd: (sum?.costNanoUsd ?? 0n) + more.costNanoUsd,
      promptTokens: (sum?.promptTokens ?? 0) + more.promptTokens,
      completionTokens: (sum?.completionTokens ?? 0) + more.completionTokens,
    });
  }
  return new Map([...sums].toSorted(([a], [b]) => String(a).localeCompare(String(b))));
}

interface Log {
  time: string;
  provider: string | null;
  model: string | null;
  key_id: string;
  industry: string | null;
  status: string;
  fallback_used: boolean;
  cost_usd: string | null;
  prompt_tokens: number | null;
  completion_tokens: number | null;
}

interface Counted {
  value: unknown;
  requests: number;
}

const FACETS: Record<string, (log: Log) => unknown> = {
  model: (log) => log.model,
  provider: (log) => log.provider,
  key_id: (log) => log.key_id,
  status: (log) => log.status,
  industry: (log) => log.industry,
  fallback: (log) => log.fallback_used,
};

interface Line {
  name: string | null;
  requests: number;
  cost_usd: string;
  prompt_tokens: number;
  completion_tokens: number;
}

const ofLog = (log: Log): Sums => ({
  requests: 1,
  costNanoUsd: nano(log.cost_usd),
  promptTokens: log.prompt_tokens ?? 0,
  completionTokens: log.completion_tokens ?? 0,
});
const ofLine = (line: Line): Sums => ({
  requests: line.requests,
  costNanoUsd: nano(line.cost_usd),
  promptTokens: line.prompt_tokens,
  completionTokens: line.completion_tokens,
});

async function allLogs(query: string): Promise<Log[]> {
  const logs: Log[] = [];
  let cursor = "";
  do {
    const page = await get(`/logs?limit=37&${query}${cursor}`);
    logs.push(...page.data);
    cursor = page.next_cursor === null ? "" : `&cursor=${page.next_cursor}`;
  } while (cursor !== "");
  return logs;
}

test("the logs, the dashboard, the bill and the budgets of an organization are sums of the same rows, in any time zone", async () => {
  await fc.assert(
    fc.asyncProperty(oneOf(...ZONES), fc.array(rowOf, { maxLength: 60 }), async (zone, given) => {
      const budget = { limit_usd: "1000000" };
      const org = await post("/orgs", { name: `of ${zone}`, time_zone: zone, budget });
      const month = periodAt("monthly", zone, START_MS);
      for (const { place, shiftMs, tokens, ...row } of given) {
        const timeMs = Math.round(month.startMs + place * (month.endMs - month.startMs)) + shiftMs;
        const usage: LedgerRow["usage"] =
          tokens % 7 === 0
            ? null
            : { input: tokens, cachedRead: 3, cacheWrite: 1, output: tokens % 100, reasoning: 2 };
        sequence += 1;
        await scene.write(sampleRow({ ...row, sequence, timeMs, orgId: org.id, usage }));
      }
      const bill = await get(`/bill?org_id=${org.id}&month=2027-01`);
      const range = `org_id=${org.id}&from=${bill.from}&to=${bill.to}`;
      const logs = await allLogs(range);
      expect([Date.parse(bill.from), Date.parse(bill.to)]).toEqual([month.startMs, month.endMs]);

      const byProvider = sumsBy(logs, (log) => log.provider, ofLog);
      expect(sumsBy(bill.by_provider, (line: Line) => line.name, ofLine)).toEqual(byProvider);
      expect(sumsBy(bill.by_model, (line: Line) => line.name, ofLine)).toEqual(
        sumsBy(logs, (log) => log.model, ofLog),
      );
      expect(sumsBy(bill.by_key, (line: Line) => line.name, ofLine)).toEqual(
        sumsBy(logs, (log) => log.key_id, ofLog),
      );
      expect(sumsBy(bill.by_industry, (line: Line) => line.name, ofLine)).toEqual(
        sumsBy(logs, (log) => log.industry, ofLog),
      );
      const total = logs.reduce((sum, log) => sum + nano(log.cost_usd), 0n);
      expect([nano(bill.total_usd), bill.requests]).toEqual([total, logs.length]);

      const dashboard = await get(`/metrics/dashboard?${range}`);
      expect([nano(dashboard.cost.total_usd), dashboard.volume.total_requests]).toEqual([total, logs.length]);
      const priced = (lines: { requests: number; cost_usd: string }[]) =>
        lines.reduce((sum, line) => sum + nano(line.cost_usd), 0n);
      expect(priced(dashboard.series)).toBe(total);
      const spentSomewhere = logs.filter(({ provider }) => provider !== null);
      expect(priced(dashboard.cost.by_provider)).toBe(
        spentSomewhere.reduce((sum, log) => sum + nano(log.cost_usd), 0n),
      );

      const { data } = await get(`/budgets?org_id=${org.id}`);
      const everything = await allLogs(`org_id=${org.id}`);
      expect(everything).toHaveLength(given.length);
      expect(nano(data[0].spent_usd)).toBe(everything.reduce((sum, log) => sum + nano(log.cost_usd), 0n));
      const facets = await get(`/logs/facets?${range}`);
      expect(facets.total).toBe(logs.length);
      for (const [facet, valueOf] of Object.entries(FACETS)) {
        const counted: [unknown, number][] = facets[facet].map((one: Counted) => [one.value, one.requests]);
        const listed = Map.groupBy(logs, valueOf);
        expect(new Map(counted)).toEqual(new Map([...listed].map(([value, of]) => [value, of.length])));
      }
    }),
    { numRuns: RUNS, seed: 20_261_122 },
  );
}, 60_000);
