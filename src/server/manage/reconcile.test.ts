import { expect, test } from "bun:test";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID } from "../../testing/manage.ts";

const scene = await manageScene();
const admin = (await scene.keyWith(["admin"])).secret;
const read = (await scene.keyWith(["read"])).secret;
const DAY = "2026-11-22";
const at = (text: string) => Date.parse(text);

let sequence = 0;
async function write(changes: Partial<Parameters<typeof sampleRow>[0]>): Promise<void> {
  sequence += 1;
  await scene.ledger.write(sampleRow({ timeMs: at(`${DAY}T12:00:00Z`), ...changes, sequence }));
}
const usage = (input: number, output: number) => ({
  ...{ input, cachedRead: 100, cacheWrite: 0, output, reasoning: 10 },
});

const mini = { upstreamModel: "gpt-4o-mini-2024-07-18", model: "gpt-4o-mini" };
await write({ ...mini, usage: usage(900, 90), costNanoUsd: 1_000 });
await write({ ...mini, usage: usage(900, 90), costNanoUsd: 1_000, orgId: OTHER_ORG_ID });
await write({ ...mini, usage: usage(900, 90), costNanoUsd: 5, timeMs: at("2026-11-23T00:00:00Z") });
// An alias of the operator's own for it, and of two attempts the first was billed by somebody else.
const elsewhere = {
  provider: "anthropic",
  model: "claude-opus-4",
  outcome: "malformed",
  ms: 5,
  costNanoUsd: 70,
};
await write({
  ...{ model: "my-own", upstreamModel: "gpt-4o", usage: usage(400, 40), costNanoUsd: 570 },
  attempts: [elsewhere, { provider: "openai", model: "my-own", outcome: "ok", ms: 9 }],
});
// A failed attempt of theirs, billed, before another provider answered.
await write({
  ...{
    provider: "anthropic",
    model: "claude-opus-4",
    upstreamModel: "claude-opus-4-20250514",
    costNanoUsd: 9_030,
  },
  attempts: [
    { provider: "openai", model: "gpt-4o-mini", outcome: "malformed", ms: 5, costNanoUsd: 30 },
    { provider: "anthropic", model: "claude-opus-4", outcome: "ok", ms: 5 },
  ],
});
// Nobody worked on these.
await write({ usage: null, usageSource: "none", status: "error", costNanoUsd: null });
await write({ provider: null, model: null, usage: null, usageSource: "none", status: "refused" });

const ask = (csv: string, provider = "openai", secret = admin) =>
  scene.call("POST", `/api/v1/bill/reconcile?provider=${provider}`, secret, csv);

const USAGE_HEAD =
  "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,batch,service_tier,input_tokens,output_tokens,input_cached_tokens";

test("OpenAI's usage export against our rows, by day and model, dated names folded", async () => {
  const csv = [
    USAGE_HEAD,
    "1795305600,1795392000,2026-11-22T00:00:00+00:00,,proj_1,2.0,u,k,gpt-4o-mini-2024-07-18,FALSE,default,2000.0,200.0,200.0",
    "1795305600,1795392000,2026-11-22T00:00:00+00:00,,proj_2,1.0,u,k,gpt-4o-mini,FALSE,default,50,5,0",
    "1795305600,1795392000,2026-11-22T00:00:00+00:00,,proj_1,3.0,u,k,gpt-4o-2024-08-06,FALSE,default,700,70,0",
    "1795392000,1795478400,2026-11-23T00:00:00+00:00,,proj_1,4,u,k,o3-2025-04-16,FALSE,default,10,1,0",
    "1795478400,1795564800,2026-11-24T00:00:00+00:00,,,,,,,,,,,",
  ].join("\r\n");
  const answer = await jsonOf(ask(csv));
  expect(answer).toMatchObject({
    ...{ provider: "openai", form: "openai-usage", from: "2026-11-22", to: "2026-11-23" },
    ...{ only_theirs: 1, only_ours: 1 },
  });
  expect(answer.days).toEqual([
    {
      day: "2026-11-22",
      model: "gpt-4o",
      names: ["gpt-4o", "gpt-4o-2024-08-06", "my-own"],
      theirs: { requests: 3, prompt_tokens: 700, completion_tokens: 70, cost_usd: null },
      ours: {
        ...{ requests: 1, prompt_tokens: 500, completion_tokens: 50, cost_usd: "0.000000500" },
        unpriced_requests: 0,
      },
      difference: { requests: 2, prompt_tokens: 200, completion_tokens: 20, cost_usd: null },
    },
    {
      day: "2026-11-22",
      model: "gpt-4o-mini",
      names: ["gpt-4o-mini", "gpt-4o-mini-2024-07-18"],
      theirs: { requests: 3, prompt_tokens: 2050, completion_tokens: 205, cost_usd: null },
      ours: {
        ...{ requests: 3, prompt_tokens: 2000, completion_tokens: 200, cost_usd: "0.000002030" },
        unpriced_requests: 0,
      },
      difference: { requests: 0, prompt_tokens: 50, completion_tokens: 5, cost_usd: null },
    },
    expect.objectContaining({ day: "2026-11-23", model: "gpt-4o-mini", theirs: null }),
    expect.objectContaining({ day: "2026-11-23", model: "o3", ours: null }),
  ]);
  expect(answer.total.theirs).toMatchObject({ requests: 10, prompt_tokens: 2760 });
  expect(answer.total.ours).toMatchObject({ requests: 5, prompt_tokens: 3500, cost_usd: "0.000002535" });
});

test("OpenAI's cost export: line items of a model are one, tiny amounts are rounded once", async () => {
  const csv = [
    "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id",
    `1795305600,1795392000,2026-11-22T00:00:00,,0.0000020304000000000000000001,usd,"gpt-4o-mini-2024-07-18, input",p`,
    `1795305600,1795392000,2026-11-22T00:00:00,,4e-10,usd,"gpt-4o-mini-2024-07-18, cached input",p`,
    `1795305600,1795392000,2026-11-22T00:00:00,,0.01,usd,web search tool calls,p`,
    `1795305600,1795392000,2026-11-22T00:00:00,,-0.5,usd,,p`,
  ].join("\n");
  const { days, form, total } = await jsonOf(ask(csv));
  expect(form).toBe("openai-cost");
  expect(days.map((it: { model: string | null; difference: object }) => [it.model, it.difference])).toEqual([
    [null, { requests: null, prompt_tokens: null, completion_tokens: null, cost_usd: "-0.500000000" }],
    ["gpt-4o", { requests: null, prompt_tokens: null, completion_tokens: null, cost_usd: "-0.000000500" }],
    [
      "gpt-4o-mini",
      { requests: null, prompt_tokens: null, completion_tokens: null, cost_usd: "0.000000001" },
    ],
    [
      "web search tool calls",
      { requests: null, prompt_tokens: null, completion_tokens: null, cost_usd: "0.010000000" },
    ],
  ]);
  expect(total.theirs.cost_usd).toBe("-0.489997969");
});

test("Anthropic's exports: cache buckets are part of the prompt, names for people are models", async () => {
  const head =
    "usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed";
  const tokens = `${head}\n2026-11-22,claude-opus-4-20250514,k,Default,standard,≤ 200k,1000,100,50,350,300,0,,\n`;
  const one = await jsonOf(ask(tokens, "anthropic"));
  expect(one).toMatchObject({ form: "anthropic-usage", only_theirs: 0, only_ours: 0 });
  expect(one.days).toMatchObject([
    {
      model: "claude-opus-4",
      theirs: { requests: null, prompt_tokens: 1500, completion_tokens: 300, cost_usd: null },
      ours: { requests: 2, prompt_tokens: 1500, completion_tokens: 314, cost_usd: "0.000009070" },
      difference: { requests: null, prompt_tokens: 0, completion_tokens: -14, cost_usd: null },
    },
  ]);
  const costs =
    "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type\n2026-11-22,Claude Opus 4,Default,k,message,≤ 200k,input_no_cache,0.000005,0.05,token\n2026-11-22,Claude Opus 4,Default,k,message,≤ 200k,output,0.000004,0.05,token\n";
  expect(await jsonOf(ask(costs, "anthropic"))).toMatchObject({
    form: "anthropic-cost",
    days: [{ model: "claude-opus-4", difference: { cost_usd: "-0.000000070", requests: null } }],
  });
});

test("the plain form, with semicolons too; a figure left out is not told", async () => {
  const csv = "Date;Model;Requests;Input_Tokens;Output_Tokens;Cost_USD\n2026-11-22;my-own;1;500;;0.0000005\n";
  const { days, total } = await jsonOf(ask(csv));
  expect(days[0]).toMatchObject({
    model: "gpt-4o",
    difference: { requests: 0, prompt_tokens: 0, completion_tokens: null, cost_usd: "0.000000000" },
  });
  expect(total.difference).toMatchObject({ requests: -3, completion_tokens: null });
});

test.each([
  [
    "foo,bar\n1,2",
    ["Found: foo, bar.", "plain (date, model)", "openai-usage (start_time, model, num_model_requests"],
  ],
  [
    "date,model,cost\n2026-11-22,m,1",
    [
      "Found: date, model, cost.",
      "has date,model,requests,input_tokens,output_tokens,cost_usd and no others",
    ],
  ],
  ["{}", ["Found: {}."]],
  ["", ["The table is empty"]],
  ["date,model,requests\n", ["The export holds no usage."]],
  ["date,model,requests\nyesterday,m,1", ["Record 1 cannot be read: `date` holds no date."]],
  ["date,model,requests\n2026-02-30,m,1", ["`date` holds no date"]],
  [
    "date,model,requests\n2026-11-22,m,1\n2026-11-22,m,-1",
    ["Record 2 cannot be read: `requests` holds no whole number."],
  ],
  ["date,model,cost_usd\n2026-11-22,m,1 000", ["`cost_usd` holds no decimal number"]],
  ['date,model,requests\n2026-11-22,"m,1', ["line 2 has a quotation mark that is opened and not closed"]],
  ["start_time,amount_value,amount_currency,line_item\n1795305600,1,eur,x", ["`amount_currency` is not usd"]],
  ["date,model,requests\n2020-11-22,m,1\n2026-11-22,m,1", ["more than 400 days, 2020-11-22 to 2026-11-22"]],
])("%p is a 400 that says what is wrong", async (csv, sentences) => {
  const reply = await ask(csv);
  expect(reply.status).toBe(400);
  const { error } = await jsonOf(reply);
  expect(error.code).toBe("invalid_request");
  for (const sentence of sentences) expect(error.message).toContain(sentence);
});

test("only the operator may, of a provider that there is, and not without end", async () => {
  const csv = `date,model,requests\n${DAY},m,1\n`;
  expect((await ask(csv, "openai", read)).status).toBe(403);
  expect((await ask(csv, "nobody")).status).toBe(404);
  expect((await scene.call("POST", "/api/v1/bill/reconcile", admin, csv)).status).toBe(400);
  expect((await ask(`date,model,requests\n${"x".repeat(9 * 2 ** 20)}`)).status).toBe(413);
});

test("nothing is kept, and others are served while a large export is read", async () => {
  const tables =
    "SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM requests) + (SELECT count(*) FROM bills)";
  const count = () =>
    new Promise((resolve) => scene.store.writes.run((db) => resolve(db.query(tables).values()[0]?.[0])));
  const before = await count();
  const csv = `date,model,requests,input_tokens,output_tokens,cost_usd\n${`${DAY},gpt-4o-mini,1,10,1,0.5\n`.repeat(200_000)}`;
  let longestMs = 0;
  let isRead = false;
  const large = jsonOf(ask(csv)).finally(() => {
    isRead = true;
  });
  for (let last = performance.now(); !isRead; ) {
    await new Promise((resolve) => setImmediate(resolve));
    longestMs = Math.max(longestMs, performance.now() - last);
    last = performance.now();
  }
  expect((await large).total.theirs).toMatchObject({ requests: 200_000, cost_usd: "100000.000000000" });
  expect(longestMs).toBeLessThan(150);
  expect(await count()).toBe(before);
});
