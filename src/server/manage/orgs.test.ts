import { expect, test } from "bun:test";
import { requestIdOf } from "../../core/ids.ts";
import { DEFAULT_ORG_ID } from "../../store/orgs-table.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID } from "../../testing/manage.ts";

const scene = await manageScene();
const { id: adminId, secret: admin } = await scene.keyWith(["admin"]);

async function madeOrg(body: object) {
  const reply = await scene.call("POST", "/api/v1/orgs", admin, body);
  expect(reply.status).toBe(201);
  return await jsonOf(reply);
}

test("an organization is made with its defaults", async () => {
  const org = await madeOrg({ name: "Research" });
  expect(org).toEqual({
    id: expect.stringMatching(/^org_[0-9A-Za-z]{20}$/),
    name: "Research",
    time_zone: "UTC",
    store_bodies: false,
    unknown_price: null,
    rate_limit: null,
    budget: null,
  });
});

test("everything that can be said of one is kept, and a change leaves alone what it does not name", async () => {
  const said = {
    name: "Wien",
    time_zone: "Europe/Vienna",
    store_bodies: true,
    unknown_price: "allow",
    rate_limit: { rpm: 600, tpm: null, max_parallel: 0 },
  };
  const org = await madeOrg({ ...said, rate_limit: { rpm: 600, max_parallel: 0 }, budget: null });
  expect(org).toMatchObject(said);
  const patch = async (body: object) => jsonOf(scene.call("PATCH", `/api/v1/orgs/${org.id}`, admin, body));
  expect(await patch({})).toEqual(org);
  expect(await patch({ unknown_price: "skip", store_bodies: false })).toEqual({
    ...org,
    unknown_price: "skip",
    store_bodies: false,
  });
  const changed = { name: "Graz", time_zone: "Asia/Kolkata", unknown_price: null, rate_limit: null };
  expect(await patch(changed)).toMatchObject({ ...changed, store_bodies: false });
  const { data } = await jsonOf(scene.call("GET", "/api/v1/orgs?limit=1000", admin));
  expect(data.find(({ id }: { id: string }) => id === org.id)).toMatchObject(changed);
});

test.each([
  [{}, "name", "`name` is required."],
  [{ name: "" }, "name", "The name must have"],
  [{ name: "x", id: "org_1" }, "id", "`id` is not known here."],
  [{ name: "x", time_zone: "Mars/Phobos" }, "time_zone", "`time_zone` must be an IANA time zone"],
  [{ name: "x", time_zone: "+01:00" }, "time_zone", "must be an IANA time zone"],
  [{ name: "x", time_zone: null }, "time_zone", "expected string"],
  [{ name: "x", store_bodies: "yes" }, "store_bodies", "expected boolean"],
  [{ name: "x", unknown_price: "guess" }, "unknown_price", "Invalid option"],
  [{ name: "x", rate_limit: { rpm: -1 } }, "rate_limit.rpm", "must be a whole number from 0 to"],
  [{ name: "x", rate_limit: { rps: 1 } }, "rate_limit.rps", "is not known here"],
] as const)("the body %j is refused, to make one and to change one", async (body, param, message) => {
  const replies = [await scene.call("POST", "/api/v1/orgs", admin, body)];
  if ("name" in body) replies.push(await scene.call("PATCH", `/api/v1/orgs/${OTHER_ORG_ID}`, admin, body));
  for (const reply of replies) {
    const { error } = await jsonOf(reply);
    expect([reply.status, error.code, error.param]).toEqual([400, "invalid_request", param]);
    expect(error.message).toContain(message);
  }
});

test("one that does not exist cannot be changed", async () => {
  const reply = await scene.call("PATCH", "/api/v1/orgs/org_none", admin, { name: "x" });
  expect([reply.status, (await jsonOf(reply)).error.code]).toEqual([404, "not_found"]);
});

test("making and changing one is in the audit log, with who did it", async () => {
  const org = await madeOrg({ name: "Audited" });
  await scene.call("PATCH", `/api/v1/orgs/${org.id}`, admin, { time_zone: "Asia/Tokyo" });
  await scene.call("PATCH", `/api/v1/orgs/${org.id}`, admin, {});
  const { data } = await jsonOf(scene.call("GET", `/api/v1/audit?org_id=${org.id}`, admin));
  expect(data).toMatchObject([
    {
      action: "org.update",
      object: org.id,
      actor_key_id: adminId,
      details: { after: { time_zone: "Asia/Tokyo" } },
    },
    {
      action: "org.create",
      object: org.id,
      actor_key_id: adminId,
      details: { before: null, after: { name: "Audited" } },
    },
  ]);
  expect(data[0].details).toEqual({ before: { time_zone: "UTC" }, after: { time_zone: "Asia/Tokyo" } });
});

test("pages hold every organization once, newest first", async () => {
  for (let i = 0; i < 5; i++) {
    scene.clock.advance(i % 2);
    await madeOrg({ name: `page ${i}` });
  }
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: { data: { id: string }[]; next_cursor: string | null } = await jsonOf(
      scene.call("GET", `/api/v1/orgs?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`, admin),
    );
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  const all = (await jsonOf(scene.call("GET", "/api/v1/orgs?limit=1000", admin))).data;
  expect(ids).toEqual(all.map(({ id }: { id: string }) => id));
  expect(ids).toContain(DEFAULT_ORG_ID);
  expect(new Set(ids).size).toBe(ids.length);
  expect((await scene.call("GET", "/api/v1/orgs?cursor=zzz", admin)).status).toBe(400);
});

test("an admin makes keys in any organization, a manage key only in its own", async () => {
  const [mine, other] = [await madeOrg({ name: "mine" }), await madeOrg({ name: "other" })];
  const made = await jsonOf(
    scene.call("POST", "/api/v1/keys", admin, { name: "first", org_id: mine.id, scopes: ["manage", "read"] }),
  );
  expect(made.org_id).toBe(mine.id);
  const body = { name: "second" };
  const own = await jsonOf(scene.call("POST", "/api/v1/keys", made.key, body));
  expect(own.org_id).toBe(mine.id);
  for (const org_id of [other.id, DEFAULT_ORG_ID, "org_none"]) {
    const reply = await scene.call("POST", "/api/v1/keys", made.key, { ...body, org_id });
    expect([reply.status, (await jsonOf(reply)).error.code]).toEqual([404, "not_found"]);
  }
});

test("of two organizations neither finds anything of the other, in lists, figures or by id", async () => {
  const [mine, other] = [await madeOrg({ name: "mine" }), await madeOrg({ name: "other" })];
  const sequences = new Map<string, number>();
  const secrets = new Map<string, string>();
  for (const [index, { id }] of [mine, other].entries()) {
    const body = { name: `key of ${id}`, org_id: id, scopes: ["manage"] };
    const made = await jsonOf(scene.call("POST", "/api/v1/keys", admin, body));
    secrets.set(id, made.key);
    sequences.set(id, 9_000 + index);
    const row = { sequence: 9_000 + index, orgId: id, keyId: made.id, timeMs: scene.clock.now() };
    await scene.ledger.write(sampleRow({ ...row, provider: `provider-of-${id}`, costNanoUsd: 5_000 }));
  }
  const asOther = (path: string) => scene.call("GET", `/api/v1${path}`, secrets.get(other.id) ?? null);
  const mineRequest = requestIdOf(sequences.get(mine.id) ?? 0);
  const otherRequest = requestIdOf(sequences.get(other.id) ?? 0);
  for (const [path, own] of [
    ["/keys?limit=1000", `key of ${other.id}`],
    ["/logs?limit=1000", otherRequest],
    ["/metrics/dashboard", `provider-of-${other.id}`],
    ["/key", `key of ${other.id}`],
    ["/credits", '"total_usage":0.000005'],
    [`/generation?id=${otherRequest}`, otherRequest],
  ] as const) {
    const text = await (await asOther(path)).text();
    expect(text).toContain(own);
    expect(text).not.toContain(mine.id);
    expect(text).not.toContain(mineRequest);
  }
  for (const path of [
    `/logs/${mineRequest}`,
    `/generation?id=${mineRequest}`,
    `/logs?org_id=${mine.id}`,
    `/keys?org_id=${mine.id}`,
    `/metrics/dashboard?org_id=${mine.id}`,
  ])
    expect((await asOther(path)).status).toBe(404);
});
