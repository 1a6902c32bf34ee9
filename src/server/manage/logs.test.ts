import { expect, test } from "bun:test";
import { requestIdOf } from "../../core/ids.ts";
import type { LedgerRow } from "../../ledger/row.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID, START_MS } from "../../testing/manage.ts";

const scene = await manageScene();
const read = await scene.keyWith(["read"]);
const admin = (await scene.keyWith(["admin"])).secret;
const stranger = (await scene.keyWith(["read"], OTHER_ORG_ID)).secret;

const MINUTE_MS = 60_000;
const rows: LedgerRow[] = [
  sampleRow({ sequence: 1, timeMs: START_MS - 5 * MINUTE_MS, keyId: read.id }),
  sampleRow({
    sequence: 2,
    timeMs: START_MS - 4 * MINUTE_MS,
    status: "error",
    httpStatus: 502,
    errorCode: "all_candidates_failed",
    fallbackUsed: true,
    usage: null,
    usageSource: "none",
    costNanoUsd: null,
    price: null,
    ttftMs: null,
    attempts: [
      { provider: "a", model: "m", outcome: "timeout", ms: 3, costNanoUsd: 1500 },
      { provider: "b", model: "m", outcome: "overloaded", ms: 4, status: 529 },
    ],
    decision:
      '{"candidates":["a/m","b/org/m"],"behind":2,"excluded":{"not_local":3},"catalog":"c1","config":"f1"}',
  }),
  sampleRow({ sequence: 3, timeMs: START_MS - 3 * MINUTE_MS, provider: "groq", model: "llama3.1" }),
  sampleRow({ sequence: 4, timeMs: START_MS - 2 * MINUTE_MS, orgId: OTHER_ORG_ID, industry: "legal" }),
];
for (const row of rows) await scene.ledger.write(row);

async function logs(query: string, secret = read.secret) {
  return await jsonOf(scene.call("GET", `/api/v1/logs${query}`, secret));
}

async function sequences(query: string, secret?: string): Promise<number[]> {
  const { data } = await logs(query, secret);
  return data.map(({ id }: { id: string }) => rows.find((row) => requestIdOf(row.sequence) === id)?.sequence);
}

test("a log has exactly the fields that are promised; unknown is null, money is a decimal string", async () => {
  const { data } = await logs("");
  expect(data[2]).toEqual({
    id: requestIdOf(1),
    time: "2027-01-15T07:55:00.000Z",
    org_id: "org_default",
    key_id: read.id,
    requested_model: "fast",
    model: "gpt-4o-mini",
    provider: "openai",
    status: "ok",
    http_status: 200,
    stream: true,
    prompt_tokens: 1500,
    completion_tokens: 314,
    cached_tokens: 300,
    reasoning_tokens: 64,
    usage_source: "provider",
    cost_usd: "0.000390900",
    latency_ms: 812.25,
    ttft_ms: 201.5,
    fallback_used: false,
    cache: "none",
    industry: null,
    task: null,
    route_reason: "alias",
    attempts: [{ provider: "openai", model: "gpt-4o-mini", outcome: "ok", ms: 812, status: 200 }],
  });
  expect(data[1]).toMatchObject({
    prompt_tokens: null,
    completion_tokens: null,
    cached_tokens: null,
    reasoning_tokens: null,
    cost_usd: null,
    ttft_ms: null,
    attempts: [
      { provider: "a", model: "m", outcome: "timeout", ms: 3, cost_usd: "0.000001500" },
      { provider: "b", model: "m", outcome: "overloaded", ms: 4, status: 529 },
    ],
  });
});

test.each([
  ["", [3, 2, 1]],
  ["?status=error", [2]],
  ["?model=llama3.1", [3]],
  ["?provider=openai", [2, 1]],
  ["?fallback=true", [2]],
  ["?fallback=false", [3, 1]],
  [`?key_id=${read.id}`, [1]],
  ["?industry=legal", []],
  ["?from=2027-01-15T07:56:00Z", [3, 2]],
  ["?to=2027-01-15T07:56:00Z", [1]],
  ["?from=2027-01-15T08:56:00%2B01:00&to=2027-01-15T07:57:00.000Z", [2]],
  ["?status=ok&provider=groq&model=llama3.1", [3]],
])("GET /logs%s gives the own organization's rows %j, newest first", async (query, expected) => {
  expect(await sequences(query)).toEqual(expected);
});

test("an admin sees every organization, or the one named; nobody else sees another's", async () => {
  expect(await sequences("", admin)).toEqual([4, 3, 2, 1]);
  expect(await sequences(`?org_id=${OTHER_ORG_ID}`, admin)).toEqual([4]);
  expect(await sequences("", stranger)).toEqual([4]);
  const own = requestIdOf(1);
  for (const path of [`/logs/${own}`, `/generation?id=${own}`, "/logs?org_id=org_default"]) {
    expect((await scene.call("GET", `/api/v1${path}`, stranger)).status).toBe(404);
  }
});

test("pages by cursor hold every row once", async () => {
  const first = await logs("?limit=2");
  const second = await logs(`?limit=2&cursor=${first.next_cursor}`);
  expect(second.next_cursor).toBeNull();
  expect([...first.data, ...second.data].map(({ id }) => id)).toEqual([3, 2, 1].map(requestIdOf));
});

test.each([
  ["from=yesterday", "from"],
  ["from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z", "to"],
  ["status=fine", "status"],
  ["fallback=yes", "fallback"],
  ["cursor=eyJ4IjoxfQ", "cursor"],
  ["modle=x", "modle"],
])("GET /logs?%s is refused and the parameter is named", async (query, param) => {
  expect((await logs(`?${query}`)).error.param).toBe(param);
});

test("one log shows its candidates, exclusions, prices and revisions", async () => {
  const failed = await jsonOf(scene.call("GET", `/api/v1/logs/${requestIdOf(2)}`, read.secret));
  expect(failed).toMatchObject({
    operation: "chat",
    error_code: "all_candidates_failed",
    price: null,
    candidates: [
      { provider: "a", model: "m" },
      { provider: "b", model: "org/m" },
    ],
    candidates_behind: 2,
    excluded: { not_local: 3 },
    catalog_revision: "c1",
    config_revision: "f1",
  });
  const fine = await jsonOf(scene.call("GET", `/api/v1/logs/${requestIdOf(1)}`, read.secret));
  expect(fine).toMatchObject({ candidates: null, cache_write_tokens: 0 });
  expect(fine.price).toMatchObject({ input: "0.150000000", output: "0.600000000", cache_write: null });
});

test.each(["req_00000000000", "req_zzz", "1", "chatcmpl-1"])("the unknown log %s is 404", async (id) => {
  const reply = await scene.call("GET", `/api/v1/logs/${id}`, admin);
  expect([reply.status, (await jsonOf(reply)).error.code]).toEqual([404, "not_found"]);
});

test("a generation speaks OpenRouter's words; what is unknown is null", async () => {
  const get = async (sequence: number) => {
    const path = `/api/v1/generation?id=${requestIdOf(sequence)}`;
    return (await jsonOf(scene.call("GET", path, read.secret))).data;
  };
  expect(await get(1)).toMatchObject({
    id: requestIdOf(1),
    model: "gpt-4o-mini",
    provider_name: "openai",
    total_cost: 0.0003909,
    tokens_prompt: 1500,
    tokens_completion: 314,
    native_tokens_reasoning: 64,
    latency: 812.25,
    streamed: true,
    cancelled: false,
    finish_reason: null,
    created_at: "2027-01-15T07:55:00.000Z",
  });
  expect(await get(2)).toMatchObject({ total_cost: null, tokens_prompt: null, generation_time: null });
});

test("spend is told per key and per organization; rows of unknown cost are not in it", async () => {
  const key = await jsonOf(scene.call("GET", "/api/v1/key", read.secret));
  expect(key.data.usage).toBe(0.0003909);
  const credits = await jsonOf(scene.call("GET", "/api/v1/credits", read.secret));
  expect(credits).toEqual({ data: { total_credits: null, total_usage: 0.0007818 } });
});

test("the dashboard sums the same rows, in decimal strings, over the last 30 days by default", async () => {
  const board = await jsonOf(scene.call("GET", "/api/v1/metrics/dashboard", read.secret));
  expect(Object.keys(board)).toEqual(["volume", "reliability", "performance", "cost", "series"]);
  expect(board.volume).toEqual({ total_requests: 3, requests_24h: 3 });
  expect(board.reliability).toEqual({ success_rate: 2 / 3, fallback_rate: 1 / 3 });
  expect(board.performance).toMatchObject({ p50_latency_ms: 812.25, avg_ttft_ms: 201.5 });
  expect(board.performance.by_model.map(({ model }: { model: string }) => model)).toEqual([
    "gpt-4o-mini",
    "llama3.1",
  ]);
  expect(board.cost).toMatchObject({ total_usd: "0.000781800", unpriced_requests: 0 });
  expect(board.cost.by_provider).toContainEqual({
    provider: "groq",
    requests: 1,
    cost_usd: "0.000390900",
    unpriced_requests: 0,
  });
  expect(board.series.length).toBe(31);
  expect(board.series.at(-1)).toMatchObject({
    time: "2027-01-15T00:00:00.000Z",
    requests: 3,
    ok_requests: 2,
  });
});

test("the dashboard of a range without requests has null rates, not zeros", async () => {
  const query = "?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";
  const board = await jsonOf(scene.call("GET", `/api/v1/metrics/dashboard${query}`, admin));
  expect(board.reliability).toEqual({ success_rate: null, fallback_rate: null });
  expect(board.performance).toMatchObject({ avg_latency_ms: null, p95_latency_ms: null, by_model: [] });
  expect(board.series.length).toBe(24);
});
