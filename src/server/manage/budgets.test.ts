import { describe, expect, test } from "bun:test";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID, START_MS } from "../../testing/manage.ts";

const scene = await manageScene();
const { secret: admin } = await scene.keyWith(["admin"]);
const call = async (method: string, path: string, body?: unknown, secret = admin) => {
  const reply = await scene.call(method, `/api/v1${path}`, secret, body);
  return { status: reply.status, body: await jsonOf(reply) };
};
let sequence = 0;
const spend = (keyId: string, orgId: string, costNanoUsd: number, timeMs = START_MS) =>
  scene.write(sampleRow({ sequence: ++sequence, keyId, orgId, costNanoUsd, timeMs }));

const MONTHLY = { limit_usd: "25.500000000", period: "monthly", alert_threshold: 0.9 };
const FRESH = { spent_usd: "0.000000000", reserved_usd: "0.000000000" };

describe("a budget", () => {
  test("is set with its key, with defaults for all but the limit, and shown with where it stands", async () => {
    const { status, body } = await call("POST", "/keys", { name: "a", budget: { limit_usd: 5 } });
    const budget = {
      limit_usd: "5.000000000",
      period: "none",
      alert_threshold: 0.8,
      ...FRESH,
      resets_at: null,
    };
    expect([status, body.budget]).toEqual([201, budget]);
    await spend(body.id, body.org_id, 1_250_000_001);
    const spent = { ...budget, spent_usd: "1.250000001" };
    expect((await call("GET", `/keys/${body.id}`)).body.budget).toEqual(spent);
    const { body: list } = await call("GET", "/keys");
    expect(list.data.find(({ id }: { id: string }) => id === body.id).budget).toEqual(spent);
    expect((await call("POST", `/keys/${body.id}/rotate`, {})).body.budget).toEqual(spent);
  });

  test("is changed and taken away by a patch, and left alone by one that does not name it", async () => {
    const { body: key } = await call("POST", "/keys", { name: "b" });
    expect(key.budget).toBeNull();
    await spend(key.id, key.org_id, 2_000_000_000);
    const set = await call("PATCH", `/keys/${key.id}`, { budget: MONTHLY });
    const resets_at = "2027-02-01T00:00:00.000Z";
    const shown = { ...MONTHLY, ...FRESH, spent_usd: "2.000000000", resets_at };
    expect([set.status, set.body.budget]).toEqual([200, shown]);
    expect((await call("PATCH", `/keys/${key.id}`, { name: "c" })).body.budget).toEqual(shown);
    const daily = { limit_usd: "0", period: "daily" };
    const changed = await call("PATCH", `/keys/${key.id}`, { budget: daily });
    expect(changed.body.budget).toMatchObject({
      limit_usd: "0.000000000",
      period: "daily",
      alert_threshold: 0.8,
    });
    expect((await call("PATCH", `/keys/${key.id}`, { budget: null })).body.budget).toBeNull();
  });

  test("of an organization counts all its keys, by its own calendar, also when that changes", async () => {
    const { body: org } = await call("POST", "/orgs", {
      name: "Zoned",
      time_zone: "Pacific/Auckland",
      budget: MONTHLY,
    });
    expect(org.budget).toEqual({ ...MONTHLY, ...FRESH, resets_at: "2027-01-31T11:00:00.000Z" });
    await spend("key_x", org.id, 1_000_000_000);
    await spend("key_y", org.id, 3_000_000_000, Date.parse("2026-12-31T12:00:00Z"));
    const rezoned = await call("PATCH", `/orgs/${org.id}`, { time_zone: "UTC" });
    expect(rezoned.body.budget).toMatchObject({
      spent_usd: "1.000000000",
      resets_at: "2027-02-01T00:00:00.000Z",
    });
    const back = await call("PATCH", `/orgs/${org.id}`, { time_zone: "Pacific/Auckland" });
    expect(back.body.budget.spent_usd).toBe("4.000000000");
  });

  test("that is wrong changes nothing of what comes with it", async () => {
    const { body: key } = await call("POST", "/keys", { name: "whole", budget: MONTHLY });
    const wrong = await call("PATCH", `/keys/${key.id}`, { name: "half", budget: { limit_usd: "much" } });
    expect([wrong.status, wrong.body.error.param]).toEqual([400, "budget.limit_usd"]);
    expect((await call("GET", `/keys/${key.id}`)).body).toMatchObject({ name: "whole", budget: MONTHLY });
  });

  test("stands in the audit log", async () => {
    const { body: key } = await call("POST", "/keys", { name: "audited", budget: { limit_usd: "1" } });
    await call("PATCH", `/keys/${key.id}`, { budget: null });
    const { body } = await call("GET", "/audit?limit=2");
    const said = { limit_usd: "1.000000000", period: "none", alert_threshold: 0.8 };
    expect(
      body.data.map(({ action, details }: { action: string; details: object }) => [action, details]),
    ).toEqual([
      ["key.update", { before: { budget: said }, after: { budget: null } }],
      ["key.create", { before: null, after: expect.objectContaining({ budget: said }) }],
    ]);
  });
});

describe("GET /budgets", () => {
  test("lists one's own organization's, newest owner first, page by page", async () => {
    const { secret } = await scene.keyWith(["manage"], OTHER_ORG_ID);
    expect((await call("GET", "/budgets", undefined, secret)).body).toEqual({ data: [], next_cursor: null });
    await call("PATCH", `/orgs/${OTHER_ORG_ID}`, { budget: MONTHLY });
    scene.clock.advance(1);
    const made = await call("POST", "/keys", { name: "other", budget: MONTHLY }, secret);
    const first = await call("GET", "/budgets?limit=1", undefined, secret);
    expect(first.body.data).toEqual([
      { scope: "key", id: made.body.id, org_id: OTHER_ORG_ID, name: "other", ...made.body.budget },
    ]);
    const second = await call("GET", `/budgets?limit=1&cursor=${first.body.next_cursor}`, undefined, secret);
    expect(second.body).toMatchObject({ data: [{ scope: "org", id: OTHER_ORG_ID }], next_cursor: null });
    const all = (await call("GET", "/budgets")).body.data;
    expect(all.length).toBeGreaterThan(2);
    const named = await call("GET", `/budgets?org_id=${OTHER_ORG_ID}`);
    expect(named.body.data).toHaveLength(2);
  });

  test("another organization's are not to be had", async () => {
    const { secret } = await scene.keyWith(["manage"], OTHER_ORG_ID);
    const { status, body } = await call("GET", "/budgets?org_id=org_default", undefined, secret);
    expect([status, body.error.code]).toEqual([404, "not_found"]);
  });
});

test("the calling key sees its limits in OpenRouter's words too", async () => {
  const { body: key } = await call("POST", "/keys", { name: "or", scopes: ["read"], budget: MONTHLY });
  await spend(key.id, key.org_id, 500_000_000);
  const own = await call("GET", "/key", undefined, key.key);
  expect(own.body.budget.spent_usd).toBe("0.500000000");
  expect(own.body.data).toMatchObject({ limit: 25.5, limit_remaining: 25, usage: 0.5 });
});
