import { expect, test } from "bun:test";
import { requestIdOf } from "../core/ids.ts";
import { openStore, type Store } from "../store/open.ts";
import { fixedClock } from "../testing/clock.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { Ledger } from "./ledger.ts";
import { type LedgerFilter, type LedgerPage, LedgerReader, type LedgerRefusal } from "./read.ts";
import type { LedgerRow } from "./row.ts";

const NOW = 1_800_000_000_000;
/** A number as large as the real ones are. */
const FIRST = 300_000_000_000_000;

function scene() {
  const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock: fixedClock(NOW) });
  if ("problem" in store) throw new Error(store.problem);
  return { store, ledger: new Ledger(store), reader: new LedgerReader(store) };
}

const ALL: LedgerFilter = {
  ...{ orgId: null, fromMs: null, toMs: null, model: null, provider: null, keyId: null, status: null },
  ...{ industry: null, fallback: null, limit: 50, cursor: null },
};

function paged(answer: LedgerPage | LedgerRefusal): LedgerPage {
  if ("refusal" in answer) throw new Error(answer.refusal.message);
  return answer;
}

const numbersOf = (page: LedgerPage) => page.rows.map((row) => row.sequence - FIRST);

async function filled(
  count: number,
  changes: (n: number) => Partial<LedgerRow>,
): Promise<ReturnType<typeof scene>> {
  const made = scene();
  const rows = Array.from({ length: count }, (_, n) =>
    sampleRow({ sequence: FIRST + n, timeMs: NOW + n, ...changes(n) }),
  );
  await Promise.all(rows.map((row) => made.ledger.write(row)));
  return made;
}

const NOTHING_KNOWN: Partial<LedgerRow> = {
  ...{ requestedModel: null, model: null, provider: null, upstreamModel: null, usage: null, price: null },
  ...{ costNanoUsd: null, ttftMs: null, industry: null, task: null, routeReason: null, decision: null },
  ...{ status: "refused", httpStatus: 403, errorCode: "denied_by_rule", stream: false, usageSource: "none" },
  ...{ attempts: [], latencyMs: 0.125 },
};

test.each<[string, Partial<LedgerRow>]>([
  ["an answered request", {}],
  ["a refused one, of which next to nothing is known", NOTHING_KNOWN],
  [
    "a usage of zeros, which is not an unknown one",
    { usage: { input: 0, cachedRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }, costNanoUsd: 0 },
  ],
  [
    "fallback, tags, quotes and emoji",
    { fallbackUsed: true, industry: "legal", task: "code", requestedModel: "'; DROP TABLE requests; -- 😀" },
  ],
  [
    "the largest figures",
    {
      costNanoUsd: Number.MAX_SAFE_INTEGER,
      usage: { input: 2 ** 40, cachedRead: 1, cacheWrite: 2, output: 3, reasoning: 4 },
    },
  ],
])("%s comes back as it was written", async (_, changes) => {
  const { store, ledger, reader } = scene();
  const row = sampleRow({ sequence: FIRST, ...changes });
  await ledger.write(row);
  expect(await reader.get(requestIdOf(FIRST), null)).toEqual(row);
  expect(paged(await reader.list(ALL)).rows).toEqual([row]);
  expect(store.lastSequence()).toBe(FIRST);
  await store.close();
});

test("a number used twice loses only the second row; its neighbours in the transaction are kept", async () => {
  const { store, ledger, reader } = scene();
  const rows = [0, 1, 0, 2].map((n, index) => sampleRow({ sequence: FIRST + n, task: `written ${index}` }));
  const results = await Promise.allSettled(rows.map((row) => ledger.write(row)));
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(paged(await reader.list(ALL)).rows.map((row) => row.task)).toEqual([
    "written 3",
    "written 1",
    "written 0",
  ]);
  await store.close();
});

test("a row belongs to its organization alone; anything that is no id is simply not found", async () => {
  const { store, ledger, reader } = scene();
  await ledger.write(sampleRow({ sequence: FIRST, orgId: "org_a" }));
  const id = requestIdOf(FIRST);
  expect((await reader.get(id, "org_a"))?.orgId).toBe("org_a");
  for (const [asked, orgId] of [
    [id, "org_b"],
    [requestIdOf(FIRST + 1), null],
    ["", null],
    ["req_", null],
    ["req_'; DROP TABLE--", null],
    [`${id}0`, null],
  ] as const)
    expect(await reader.get(asked, orgId)).toBeNull();
  await store.close();
});

test("each filter keeps its rows and no others; together they all must hold", async () => {
  const { store, reader } = await filled(12, (n) => ({
    orgId: n % 2 ? "org_a" : "org_b",
    model: ["gpt-4o", "llama3.1", null][n % 3],
    provider: n < 6 ? "openai" : "my-vps",
    keyId: `key_${n % 4}`,
    status: n === 5 ? "error" : "ok",
    industry: n === 7 ? "legal" : null,
    fallbackUsed: n > 8,
  }));
  const cases: [Partial<LedgerFilter>, number[]][] = [
    [{}, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    [{ orgId: "org_a" }, [11, 9, 7, 5, 3, 1]],
    [{ model: "llama3.1" }, [10, 7, 4, 1]],
    [{ provider: "openai" }, [5, 4, 3, 2, 1, 0]],
    [{ keyId: "key_3" }, [11, 7, 3]],
    [{ status: "error" }, [5]],
    [{ industry: "legal" }, [7]],
    [{ fallback: true }, [11, 10, 9]],
    [{ fallback: false, provider: "my-vps" }, [8, 7, 6]],
    [{ fromMs: NOW + 9 }, [11, 10, 9]],
    [{ toMs: NOW + 2 }, [1, 0]],
    [{ fromMs: NOW + 3, toMs: NOW + 5, orgId: "org_b" }, [4]],
    [{ model: "none" }, []],
  ];
  for (const [filter, expected] of cases) {
    expect(numbersOf(paged(await reader.list({ ...ALL, ...filter })))).toEqual(expected);
  }
  await store.close();
});

async function pages(store: Store, limit: number, between: () => Promise<void>): Promise<number[]> {
  const reader = new LedgerReader(store);
  const seen: number[] = [];
  let cursor: string | null = null;
  do {
    const page: LedgerPage = paged(await reader.list({ ...ALL, limit, cursor }));
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    seen.push(...numbersOf(page));
    cursor = page.nextCursor;
    await between();
  } while (cursor !== null);
  return seen;
}

test.each([
  1, 2, 5, 10, 11,
])("pages of %p neither repeat nor lose a row while others are written", async (limit) => {
  // Three rows share each millisecond, and the clock was set back once.
  const { store, ledger } = await filled(10, (n) => ({ timeMs: NOW + (n === 9 ? -5 : Math.floor(n / 3)) }));
  let next = 10;
  const seen = await pages(store, limit, async () => {
    await ledger.write(sampleRow({ sequence: FIRST + next++, timeMs: NOW + 1000 }));
  });
  expect(seen).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0, 9]);
  await store.close();
});

test.each<[string, Partial<LedgerFilter>]>([
  ["limit", { limit: 0 }],
  ["limit", { limit: 1001 }],
  ["limit", { limit: 1.5 }],
  ["limit", { limit: Number.NaN }],
  ["cursor", { cursor: "" }],
  ["cursor", { cursor: "garbage" }],
])("a wrong %s is refused naming it", async (param, filter) => {
  const { store, reader } = scene();
  expect(await reader.list({ ...ALL, ...filter })).toMatchObject({ refusal: { status: 400, param } });
  await store.close();
});
