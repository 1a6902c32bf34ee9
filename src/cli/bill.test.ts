import { expect, test } from "bun:test";
import { csvRecords } from "../core/csv.ts";
import { runCli } from "../testing/cli.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { manageScene, OTHER_ORG_ID, START_MS } from "../testing/manage.ts";

const scene = await manageScene();
const read = await scene.keyWith(["read"]);
const admin = await scene.keyWith(["admin"]);
const asRead = { env: { NYURO_URL: scene.url, NYURO_API_KEY: read.secret } };
const asAdmin = { env: { NYURO_URL: scene.url, NYURO_API_KEY: admin.secret } };

await scene.ledger.write(sampleRow({ sequence: 1, timeMs: START_MS, keyId: read.id, costNanoUsd: 400 }));
await scene.ledger.write(sampleRow({ sequence: 2, timeMs: START_MS, keyId: read.id, costNanoUsd: null }));
await scene.ledger.write(
  sampleRow({ sequence: 3, timeMs: START_MS, orgId: OTHER_ORG_ID, costNanoUsd: 5_000 }),
);
await scene.ledger.write(sampleRow({ sequence: 4, timeMs: START_MS - 30 * 86_400_000, costNanoUsd: 7 }));

test("the current month, readable", async () => {
  const { out, exitCode } = await runCli(["bill"], asRead);
  expect(exitCode).toBe(0);
  expect(out).toContain(
    "organization  org_default\nmonth         2027-01 in UTC\nstate         open, closes 2027-02-04",
  );
  expect(out).toContain("total         0.000000400 USD for 2 requests");
  expect(out).toContain("unpriced      1 requests of unknown cost are not in it");
  expect(out).not.toContain("adjustments");
  expect(out).toMatch(/^PROVIDER +COST USD +REQUESTS +PROMPT TOKENS/m);
  expect(out).toMatch(/^openai +0\.000000400 +2 +3000 +628 +1$/m);
  expect(out).toContain(`${read.id} (a read key)`);
});

test("a closed month, all organizations, one of them, as JSON", async () => {
  const { out } = await runCli(["bill", "--month", "2026-12"], asRead);
  expect(out).toContain("state         closed");
  expect(out).toMatch(/checksum {6}[0-9a-f]{64}/);
  expect((await runCli(["bill"], asAdmin)).out).toContain(
    "organization  all\nmonth         2027-01\nstate         open\n",
  );
  expect((await runCli(["bill", "--org", OTHER_ORG_ID], asAdmin)).out).toContain(
    "total         0.000005000 USD",
  );
  const json = JSON.parse((await runCli(["bill", "--json", "--org", OTHER_ORG_ID], asAdmin)).out);
  expect(json).toMatchObject({ org_id: OTHER_ORG_ID, total_usd: "0.000005000" });
});

test("as CSV it is the server's table and nothing else", async () => {
  const { out, notes } = await runCli(["bill", "--csv"], asRead);
  expect(notes).toBe("");
  const served = await (await scene.call("GET", "/api/v1/bill?format=csv", read.secret)).text();
  expect(`${out}\n`).toBe(served);
  expect([...csvRecords(out)].length).toBeGreaterThan(5);
});

test.each([
  [["bill", "--month", "x"], "`month` must be a month such as 2026-11."],
  [["bill", "--csv", "--month", "x"], "`month` must be a month such as 2026-11."],
  [["bill", "--org", OTHER_ORG_ID], "There is no such organization."],
  [["bill", "--csv", "--json"], "--csv and --json cannot both be."],
])("%p is refused in one sentence", async (line, sentence) => {
  const { out, notes, exitCode } = await runCli(line, asRead);
  expect([out, notes, exitCode]).toEqual(["", `nyuro: ${sentence}`, 1]);
});
