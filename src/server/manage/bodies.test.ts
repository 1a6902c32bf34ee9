import { afterAll, expect, test } from "bun:test";
import { requestIdOf } from "../../core/ids.ts";
import { insertBodies } from "../../store/bodies-table.ts";
import { catalogOf, deployment } from "../../testing/catalog.ts";
import { testProvider } from "../../testing/gateway.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID } from "../../testing/manage.ts";
import { completion, streamEvents } from "../../testing/openai-replies.ts";
import { ScriptedUpstream } from "../../testing/scripted-upstream.ts";

/** What was said in requests: kept where an organization wants it, shown to those of it alone, erased when it says so. */

const PROMPT = "zebras and quartz";
const ANSWER = "quartz, mostly";
const LONG = Array.from({ length: 9_000 }, (_, n) => `word ${n}`).join(", ");

const upstream = await ScriptedUpstream.start();
afterAll(() => upstream.stop());
upstream.on("*", ({ body }, answer) => {
  if (!body.stream) return answer.json(200, completion("m", ANSWER));
  answer.startStream();
  for (const event of streamEvents("m", ANSWER.split(" "))) answer.chunk(event);
  answer.endStream();
});
const scene = await manageScene({
  providers: [testProvider("box", upstream.baseUrl)],
  catalog: catalogOf([deployment("box/m")]),
});
const admin = (await scene.keyWith(["admin"])).secret;
const own = (await scene.keyWith(["inference", "read"])).secret;
const stranger = (await scene.keyWith(["inference", "read"], OTHER_ORG_ID)).secret;

const store = async (isOn: boolean, orgId = "org_default") =>
  (await scene.call("PATCH", `/api/v1/orgs/${orgId}`, admin, { store_bodies: isOn })).status;
const erase = (orgId: string, secret: string | null = admin) =>
  scene.call("DELETE", `/api/v1/orgs/${orgId}/bodies`, secret);
const logOf = (id: string | null, secret = own) => jsonOf(scene.call("GET", `/api/v1/logs/${id}`, secret));

async function chat(secret = own, more: object = {}) {
  const body = { model: "m", messages: [{ role: "user", content: PROMPT }], ...more };
  const reply = await scene.call("POST", "/v1/chat/completions", secret, body);
  return { id: reply.headers.get("x-request-id"), asked: JSON.stringify(body), told: await reply.text() };
}

const flags = {
  request_truncated: false,
  response_truncated: false,
  request_redacted: false,
  response_redacted: false,
};

test("nothing is kept until the organization wants it; from then on each request is, until it does not", async () => {
  const before = await chat();
  expect(await store(true)).toBe(200);
  const kept = await chat();
  expect(await store(false)).toBe(200);
  const after = await chat();
  for (const { id } of [before, after])
    expect(await logOf(id)).toMatchObject({ bodies: null, bodies_missing: "not_stored" });
  const { bodies, bodies_missing } = await logOf(kept.id);
  expect(bodies).toEqual({ request: kept.asked, response: kept.told, ...flags });
  expect(bodies_missing).toBeNull();
});

test("what another organization wants is its own matter", async () => {
  await store(true, OTHER_ORG_ID);
  expect(await logOf((await chat()).id)).toMatchObject({ bodies: null });
  expect((await logOf((await chat(stranger)).id, stranger)).bodies.request).toContain(PROMPT);
  await store(false, OTHER_ORG_ID);
});

test("streams, long ones and errors as well", async () => {
  await store(true);
  const messages = [{ role: "user", content: LONG }];
  for (const said of [
    await chat(own, { stream: true }),
    await chat(own, { messages }),
    await chat(own, { model: "nobody's" }),
    await chat(own, { stream: "yes" }),
  ]) {
    const { bodies } = await logOf(said.id);
    expect(bodies).toEqual({ request: said.asked, response: said.told, ...flags });
  }
  await store(false);
});

test("only who may read the organization's log reads them; to all others there is no such request", async () => {
  await store(true);
  const { id } = await chat();
  await store(false);
  const viewer = (await scene.keyWith(["read"])).secret;
  const caller = (await scene.keyWith(["inference"])).secret;
  for (const secret of [viewer, admin]) expect((await logOf(id, secret)).bodies.request).toContain(PROMPT);
  const refused = async (secret: string | null) => {
    const reply = await scene.call("GET", `/api/v1/logs/${id}`, secret);
    const text = await reply.text();
    expect(text).not.toContain(PROMPT);
    return reply.status;
  };
  expect([await refused(stranger), await refused(caller), await refused(null)]).toEqual([404, 403, 401]);
});

test("no list, table, sum or audit row holds any of it", async () => {
  await store(true);
  const { id } = await chat();
  await store(false);
  for (const path of [
    ...["/logs", "/logs?format=csv", "/logs/facets", `/generation?id=${id}`, "/metrics/dashboard", "/bill"],
    ...["/audit", "/orgs", "/alerts"],
  ]) {
    const reply = await scene.call("GET", `/api/v1${path}`, admin);
    expect([path, reply.status]).toEqual([path, 200]);
    const text = await reply.text();
    for (const said of [PROMPT, ANSWER, "bodies_missing"])
      expect([path, text.includes(said)]).toEqual([path, false]);
  }
});

test("erasing takes an organization's and nobody else's, and says so in the audit log; log rows stay", async () => {
  await erase("org_default");
  await store(true);
  await store(true, OTHER_ORG_ID);
  const ids = [(await chat()).id, (await chat()).id];
  const foreign = (await chat(stranger)).id;
  const reply = await erase("org_default");
  expect([reply.status, await jsonOf(reply)]).toEqual([200, { erased: 2 }]);
  for (const id of ids)
    expect(await logOf(id)).toMatchObject({ id, status: "ok", bodies: null, bodies_missing: "not_stored" });
  expect((await logOf(foreign, stranger)).bodies.request).toContain(PROMPT);
  const { data } = await jsonOf(scene.call("GET", "/api/v1/audit?limit=1", admin));
  expect(data).toMatchObject([
    {
      action: "org.erase",
      org_id: "org_default",
      object: "org_default",
      details: { before: { bodies: 2 }, after: { bodies: 0 } },
    },
  ]);
  // It is about what there is, and so does not end what will be.
  scene.clock.advance(1);
  expect((await logOf((await chat()).id)).bodies.request).toContain(PROMPT);
  await store(false);
  await store(false, OTHER_ORG_ID);
});

test("erasing takes more than a step, and again it finds nothing", async () => {
  await erase("org_default");
  for (let n = 1; n <= 450; n++)
    await scene.store.writes.run(
      insertBodies({
        ...{
          sequence: n,
          time_ms: scene.clock.now(),
          org_id: "org_default",
          request: "asked",
          response: null,
        },
        ...{ request_truncated: 0, response_truncated: 0, request_redacted: 0, response_redacted: 0 },
      }),
    );
  expect(await jsonOf(erase("org_default"))).toEqual({ erased: 450 });
  expect(await jsonOf(erase("org_default"))).toEqual({ erased: 0 });
});

test("only the operator erases, as only the operator turns it on", async () => {
  const manager = (await scene.keyWith(["manage"])).secret;
  expect((await erase("org_default", manager)).status).toBe(403);
  expect((await erase("org_nobody")).status).toBe(404);
});

test("of what is older than it is kept, that is said", async () => {
  const DAY_MS = 86_400_000;
  for (const [n, days] of [29, 31].entries())
    await scene.ledger.write(sampleRow({ sequence: 100 + n, timeMs: scene.clock.now() - days * DAY_MS }));
  expect((await logOf(requestIdOf(100))).bodies_missing).toBe("not_stored");
  expect((await logOf(requestIdOf(101))).bodies_missing).toBe("expired");
});
