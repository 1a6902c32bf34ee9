import { expect, test } from "bun:test";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID, START_MS } from "../../testing/manage.ts";

const scene = await manageScene();
const read = await scene.keyWith(["read"]);
const admin = (await scene.keyWith(["admin"])).secret;
const MINUTE_MS = 60_000;
const rows = [
  { sequence: 1, timeMs: START_MS - 5 * MINUTE_MS, keyId: read.id, fallbackUsed: true },
  {
    sequence: 2,
    timeMs: START_MS - 4 * MINUTE_MS,
    status: "refused",
    provider: null,
    model: null,
    costNanoUsd: 0,
  },
  { sequence: 3, timeMs: START_MS - 4 * MINUTE_MS, provider: "groq", model: "llama3.1", costNanoUsd: null },
  { sequence: 4, timeMs: START_MS - 4 * MINUTE_MS, orgId: OTHER_ORG_ID },
] as const;
for (const row of rows) await scene.ledger.write(sampleRow(row));

const ask = (query: string, secret = read.secret) =>
  jsonOf(scene.call("GET", `/api/v1/metrics/breakdown${query}`, secret));

test("what one's organization asked for, told apart and by the minute; who is nobody is null", async () => {
  const told = await ask("?by=provider&then=status&step=auto&from=2027-01-15T07:00:00Z");
  expect(told).toMatchObject({ from: "2027-01-15T07:00:00.000Z", step_seconds: 60 });
  expect(told.lines).toHaveLength(3);
  expect(told.lines[0]).toEqual({
    ...{ time: "2027-01-15T07:55:00.000Z", provider: "openai", status: "ok" },
    ...{ requests: 1, ok_requests: 1, rated_requests: 1, saved_requests: 1, unpriced_requests: 0 },
    ...{ cost_usd: "0.000390900", prompt_tokens: 1500, cached_tokens: 300, completion_tokens: 314 },
    ...{ avg_latency_ms: 812.25, avg_ttft_ms: 201.5 },
  });
  expect(told.lines.slice(1)).toMatchObject(
    [
      { provider: "groq", status: "ok", unpriced_requests: 1, cost_usd: "0.000000000" },
      { provider: null, status: "refused", rated_requests: 0, avg_latency_ms: null },
    ].map((line) => ({ time: "2027-01-15T07:56:00.000Z", ...line })),
  );
  expect(told.total).toMatchObject({
    requests: 3,
    ok_requests: 2,
    rated_requests: 2,
    cost_usd: "0.000390900",
  });
});

test("it takes the filters of the logs, and keeps organizations apart", async () => {
  for (const [query, requests] of [
    ["", 3],
    ["?status=ok", 2],
    ["?provider=groq", 1],
    [`?key_id=${read.id}`, 1],
    ["?fallback=true", 1],
    ["?model=nobody", 0],
    ["?to=2027-01-15T07:56:00Z", 1],
  ] as const)
    expect([query, (await ask(query)).total.requests]).toEqual([query, requests]);
  expect((await ask("", admin)).total.requests).toBe(4);
  expect((await ask(`?org_id=${OTHER_ORG_ID}`, admin)).total.requests).toBe(1);
  expect((await ask(`?org_id=${OTHER_ORG_ID}`)).error.code).toBe("not_found");
});

test("without a step or a dimension there is one line; of no requests there is none, and no average", async () => {
  const told = await ask("");
  expect([told.step_seconds, told.lines.length]).toEqual([null, 1]);
  expect(told.lines[0]).toEqual(told.total);
  const none = await ask("?model=nobody&by=status");
  expect([none.lines, none.total.avg_latency_ms]).toEqual([[], null]);
});

test("beyond the dearest all are one line", async () => {
  const { lines } = await ask("?by=model&top=1");
  expect(
    lines.map(({ model, others = false, requests }: Record<string, unknown>) => [model, others, requests]),
  ).toEqual([
    ["gpt-4o-mini", false, 1],
    [null, false, 1],
    [undefined, true, 1],
  ]);
});

test.each([
  ["by=key_id", "by"],
  ["then=org", "then"],
  ["step=60", "step"],
  ["top=0", "top"],
  ["top=101", "top"],
  ["modle=x", "modle"],
  ["from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z", "to"],
  ["to=2027-01-01T00:00:00Z&from=2027-01-01T00:00:00Z", "to"],
])("?%s is refused and the parameter is named", async (query, param) => {
  expect((await ask(`?${query}`)).error.param).toBe(param);
});
