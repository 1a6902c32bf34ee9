import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { canonicalJson } from "../../core/canonical-json.ts";
import { csvRecords } from "../../core/csv.ts";
import { DEFAULT_ORG_ID } from "../../store/orgs-table.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID, START_MS } from "../../testing/manage.ts";

/** 15 January 2027. */
const scene = await manageScene();
const read = await scene.keyWith(["read"]);
const other = await scene.keyWith(["read"], OTHER_ORG_ID);
const admin = await scene.keyWith(["admin"]);
const DAY_MS = 86_400_000;

let sequence = 0;
async function write(changes: Partial<Parameters<typeof sampleRow>[0]> = {}): Promise<void> {
  sequence += 1;
  await scene.ledger.write(sampleRow({ timeMs: START_MS, keyId: read.id, ...changes, sequence }));
}

await write({ costNanoUsd: 400 });
await write({ costNanoUsd: 30, provider: "my-vps", industry: "legal" });
await write({
  costNanoUsd: 0,
  provider: null,
  model: null,
  usage: null,
  usageSource: "none",
  status: "refused",
});
await write({ costNanoUsd: 5_000, orgId: OTHER_ORG_ID, keyId: other.id });
await write({ costNanoUsd: 7, timeMs: START_MS - 30 * DAY_MS });

const bill = (secret: string, query = "") => jsonOf(scene.call("GET", `/api/v1/bill${query}`, secret));

test("an organization's bill of the current month, as the contract has it", async () => {
  const answer = await bill(read.secret);
  expect(answer).toMatchObject({
    ...{ org_id: DEFAULT_ORG_ID, month: "2027-01", closed: false, total_usd: "0.000000430", checksum: null },
    by_provider: [
      { name: "openai", requests: 1, prompt_tokens: 1500, completion_tokens: 314, cost_usd: "0.000000400" },
      { name: "my-vps", requests: 1, cost_usd: "0.000000030" },
      { name: null, requests: 1, prompt_tokens: 0, cost_usd: "0.000000000" },
    ],
    by_key: [{ name: read.id, key_name: "a read key", requests: 3 }],
  });
  expect(answer.by_model.map(({ name }: { name: string }) => name)).toEqual(["gpt-4o-mini", null]);
  expect(answer.by_industry.map(({ name }: { name: string }) => name)).toEqual([null, "legal"]);
});

test("nobody sees another organization's; an admin sees all of them, or the one that is named", async () => {
  expect((await bill(other.secret)).total_usd).toBe("0.000005000");
  expect(await bill(admin.secret)).toMatchObject({ org_id: null, total_usd: "0.000005430", requests: 4 });
  expect(await bill(admin.secret, `?org_id=${OTHER_ORG_ID}`)).toMatchObject({
    ...{ org_id: OTHER_ORG_ID, total_usd: "0.000005000" },
  });
  for (const org of [OTHER_ORG_ID, "org_none"]) {
    const reply = await scene.call("GET", `/api/v1/bill?org_id=${org}`, read.secret);
    expect(reply.status).toBe(404);
    expect((await jsonOf(reply)).error).toMatchObject({ code: "not_found", param: "org_id" });
  }
  expect((await scene.call("GET", "/api/v1/bill?org_id=org_none", admin.secret)).status).toBe(404);
});

test("a closed month carries a checksum that the answer itself has", async () => {
  const { checksum, ...rest } = await bill(read.secret, "?month=2026-12");
  expect(rest).toMatchObject({ closed: true, total_usd: "0.000000007" });
  expect(checksum).toBe(createHash("sha256").update(canonicalJson(rest)).digest("hex"));
  const all = await bill(admin.secret, "?month=2026-12");
  expect(all).toMatchObject({ closed: true, total_usd: "0.000000007", checksum: null });
});

test.each([
  ["?month=2026-13", "month"],
  ["?month=November", "month"],
  ["?format=xml", "format"],
  ["?months=2026-11", "months"],
])("%s is a 400 that names what is wrong", async (query, param) => {
  const reply = await scene.call("GET", `/api/v1/bill${query}`, read.secret);
  expect(reply.status).toBe(400);
  expect((await jsonOf(reply)).error).toMatchObject({ code: "invalid_request", param });
});

test("as CSV: a file with a name, each dimension adding up to the total, nothing that a spreadsheet runs", async () => {
  const key = await scene.keys.create({
    name: '=HYPERLINK("http://x")',
    orgId: DEFAULT_ORG_ID,
    scopes: ["read"],
  });
  if ("refusal" in key) throw new Error("no key");
  await write({ costNanoUsd: 1, keyId: key.key.id, provider: "a,b" });
  const reply = await scene.call("GET", "/api/v1/bill?format=csv", read.secret);
  expect(reply.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(reply.headers.get("content-disposition")).toBe(
    'attachment; filename="nyuro-bill-2027-01-org_default.csv"',
  );
  const text = await reply.text();
  expect(text).toEndWith("\r\n");
  expect(text).toContain(`,"'=HYPERLINK(""http://x"")",`);
  expect(text).toContain(',provider,"a,b",,1,');
  const [head = [], ...records] = [...csvRecords(text)].map((it) => (Array.isArray(it) ? it : []));
  const column = (name: string) => head.indexOf(name);
  const costOf = (dimension: string) =>
    records
      .filter((it) => it[column("dimension")] === dimension)
      .reduce((sum, it) => sum + Math.round(Number(it[column("cost_usd")]) * 1e9), 0);
  expect(["total", "provider", "model", "key", "industry"].map(costOf)).toEqual([431, 431, 431, 431, 431]);
  expect(costOf("adjustments")).toBe(0);
  for (const record of records) {
    expect(record.length).toBe(head.length);
    expect(record.slice(0, 3)).toEqual([DEFAULT_ORG_ID, "2027-01", "false"]);
  }
  const all = await scene.call("GET", "/api/v1/bill?format=csv", admin.secret);
  expect(all.headers.get("content-disposition")).toContain("nyuro-bill-2027-01-all.csv");
});

test("a damaged bill is a 500 in our form and a line in the log, never other figures", async () => {
  await bill(read.secret, "?month=2026-12");
  await scene.store.writes.run((db) => {
    db.run(
      "UPDATE bills SET document = replace(document, '0.000000007', '0.000000001') WHERE month = '2026-12'",
    );
  });
  const reply = await scene.call("GET", "/api/v1/bill?month=2026-12", read.secret);
  expect(reply.status).toBe(500);
  const { error } = await jsonOf(reply);
  expect(error).toMatchObject({ code: "internal_error", type: "server_error" });
  expect(JSON.stringify(error)).not.toContain("bill");
  expect(scene.logs.at(-1)).toContain("The closed bill of org_default for 2026-12 is damaged");
});
