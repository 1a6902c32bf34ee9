import { expect, test } from "bun:test";
import { DEFAULT_ORG_ID } from "../../store/orgs-table.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID, START_MS } from "../../testing/manage.ts";

const scene = await manageScene();
const admin = (await scene.keyWith(["admin"])).secret;
const read = (await scene.keyWith(["read"])).secret;
const otherRead = (await scene.keyWith(["read"], OTHER_ORG_ID)).secret;
const alerts = async (secret: string, query = "") =>
  jsonOf(scene.call("GET", `/api/v1/alerts${query}`, secret));

let sequence = 0;

/** Spends so many hundredths of the budget of a USD that a new key gets; resolves once its alerts are there. */
async function spend(orgId: string, parts: number[], bands: number) {
  const before = (await alerts(admin, "?limit=1000")).data.length;
  const budget = { limit_usd: 1, period: "monthly", alert_threshold: 0.75 };
  const body = { name: "a name of a key", org_id: orgId, budget };
  const key = await jsonOf(scene.call("POST", "/api/v1/keys", admin, body));
  for (const hundredths of parts) {
    sequence += 1;
    scene.clock.advance(1_000);
    const costNanoUsd = hundredths * 10_000_000;
    await scene.write(sampleRow({ sequence, orgId, keyId: key.id, timeMs: scene.clock.now(), costNanoUsd }));
  }
  while ((await alerts(admin, "?limit=1000")).data.length < before + bands);
  return key;
}

test("what spending reaches is listed newest first, in the form that is promised, once", async () => {
  const key = await spend(DEFAULT_ORG_ID, [74, 1, 4, 15, 1], 3);
  const { data, next_cursor } = await alerts(read);
  expect(next_cursor).toBeNull();
  const same = { scope: "key", key_prefix: key.prefix, key_id: key.id, limit_usd: "1.000000000" };
  const at = (ms: number) => new Date(START_MS + ms).toISOString();
  const id = expect.stringMatching(/^alert_\w{20}$/);
  expect(data).toEqual([
    { id, time: at(4_000), ...same, band: 0.9, spent_usd: "0.940000000", period: "monthly" },
    { id, time: at(4_000), ...same, band: 0.8, spent_usd: "0.940000000", period: "monthly" },
    { id, time: at(2_000), ...same, band: 0.75, spent_usd: "0.750000000", period: "monthly" },
  ]);
  const told = JSON.stringify([data, scene.logs]);
  for (const hidden of [key.key.slice(15), "a name of a key"]) expect(told).not.toContain(hidden);
  expect(scene.logs.filter((line) => line.includes('"budget alert"'))).toHaveLength(3);
});

test("an organization's own budget is named by its id, and goes with its keys' alerts", async () => {
  const budget = { limit_usd: "0.5", period: "daily", alert_threshold: 1 };
  await scene.call("PATCH", `/api/v1/orgs/${OTHER_ORG_ID}`, admin, { budget });
  const key = await spend(OTHER_ORG_ID, [80], 3);
  const { data } = await alerts(otherRead);
  expect(
    data.map(({ scope, key_id, org_id, band }: Record<string, unknown>) => [scope, key_id ?? org_id, band]),
  ).toEqual([
    ["org", OTHER_ORG_ID, 1],
    ["key", key.id, 0.8],
    ["key", key.id, 0.75],
  ]);
  expect(data[0]).toEqual({
    ...{ id: expect.any(String), time: expect.any(String), scope: "org", org_id: OTHER_ORG_ID, band: 1 },
    ...{ limit_usd: "0.500000000", spent_usd: "0.800000000", period: "daily" },
  });
});

test("nobody but an admin sees another organization's alerts, in whatever way it is asked", async () => {
  const [own, others, all] = [await alerts(read), await alerts(otherRead), await alerts(admin)];
  const ids = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);
  expect(ids(own)).toHaveLength(3);
  expect(ids(others)).toHaveLength(3);
  expect(ids(all)).toEqual([...ids(others), ...ids(own)]);
  expect(JSON.stringify(own)).not.toContain(OTHER_ORG_ID);
  expect(ids(await alerts(admin, `?org_id=${OTHER_ORG_ID}`))).toEqual(ids(others));
  expect(ids(await alerts(read, `?org_id=${DEFAULT_ORG_ID}`))).toEqual(ids(own));
  const refused = await scene.call("GET", `/api/v1/alerts?org_id=${OTHER_ORG_ID}`, read);
  expect([refused.status, (await jsonOf(refused)).error.param]).toEqual([404, "org_id"]);
  // A cursor of the admin's list gives no more than one's own.
  const { next_cursor } = await alerts(admin, "?limit=1");
  expect(ids(await alerts(read, `?cursor=${next_cursor}`))).toEqual(ids(own));
  const { secret } = await scene.keyWith(["inference"]);
  expect((await scene.call("GET", "/api/v1/alerts", secret)).status).toBe(403);
});

test.each([1, 2, 4, 5])("pages of %p together are the list, each alert once", async (limit) => {
  const whole = (await alerts(admin)).data;
  const seen: unknown[] = [];
  let cursor = "";
  do {
    const page = await alerts(admin, `?limit=${limit}${cursor && `&cursor=${cursor}`}`);
    expect(page.data.length).toBeLessThanOrEqual(limit);
    seen.push(...page.data);
    cursor = page.next_cursor ?? "";
  } while (cursor);
  expect(seen).toEqual(whole);
});

test("from is inclusive, to is exclusive", async () => {
  const at = (ms: number) => new Date(START_MS + ms).toISOString();
  const bands = async (query: string) =>
    (await alerts(read, query)).data.map(({ band }: { band: unknown }) => band);
  expect(await bands(`?from=${at(4_000)}`)).toEqual([0.9, 0.8]);
  expect(await bands(`?from=${at(2_000)}&to=${at(4_000)}`)).toEqual([0.75]);
  expect(await bands(`?to=${at(2_000)}`)).toEqual([]);
});

test.each([
  ["cursor=abc", "cursor"],
  [`cursor=${Buffer.from('["audit",1,2]').toString("base64url")}`, "cursor"],
  [`cursor=${Buffer.from('["alerts",1]').toString("base64url")}`, "cursor"],
  ["limit=0", "limit"],
  ["limit=1001", "limit"],
  ["from=yesterday", "from"],
  ["from=2027-01-02T00:00:00Z&to=2027-01-02T00:00:00Z", "to"],
  ["band=0.8", "band"],
])("?%s is refused and names what is wrong", async (query, param) => {
  const reply = await scene.call("GET", `/api/v1/alerts?${query}`, read);
  expect([reply.status, (await jsonOf(reply)).error.param]).toEqual([400, param]);
});
