import { expect, test } from "bun:test";
import { addPerson } from "../../testing/console-visitor.ts";
import { testProvider } from "../../testing/gateway.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene } from "../../testing/manage.ts";
import { type ManageRoute, ROUTES } from "./routes.ts";

const scene = await manageScene({ providers: [testProvider("box", "http://127.0.0.1:9/v1")] });
const admin = await scene.keyWith(["admin"]);
const entries = async (query = "") =>
  (await jsonOf(scene.call("GET", `/api/v1/audit?limit=1000${query}`, admin.secret))).data;
let made = 0;
const provider = () => ({ id: `made-${++made}`, base_url: "https://a.example" });

async function created(path: string, body: object): Promise<string> {
  return (await jsonOf(scene.call("POST", `/api/v1${path}`, admin.secret, body))).id;
}

/** Somebody with an account, in the first organization or in none. */
const person = (isMember: boolean, email?: string) =>
  addPerson(scene.store, isMember ? "org_default" : null, email ?? `person-${++made}@x.test`);
const GUEST = "guest@x.test";
await person(false, GUEST);

/** An organization that keeps what was said in one request. */
async function orgWithBodies(): Promise<string> {
  const orgId = await created("/orgs", { name: "o" });
  const row = sampleRow({ sequence: 1, orgId });
  const body = { text: "said", isTruncated: false, isRedacted: false };
  await scene.write(row, { request: body, response: body });
  return orgId;
}

/** Asks for something that is not a change of anything, and why. */
const CHANGES_NOTHING: Record<string, string> = {
  route: "says where a request would go",
  testProvider: "asks a provider for its models",
  tryProvider: "asks one that is not added",
  dryRunRule: "says what a rule would have changed",
  reconcileBill: "compares a provider's figures with ours",
};

/** What the address names, made anew each time, so that every call changes something; absent = nothing. */
const OBJECTS: Record<string, () => Promise<string>> = {
  updateKey: () => created("/keys", { name: "k" }),
  revokeKey: () => created("/keys", { name: "k" }),
  rotateKey: () => created("/keys", { name: "k" }),
  updateOrg: () => created("/orgs", { name: "o" }),
  eraseBodies: orgWithBodies,
  updateProvider: () => created("/providers", provider()),
  deleteProvider: () => created("/providers", provider()),
  drainProvider: async () => "box",
  updateMember: async () => (await person(true)).id,
  removeMember: async () => (await person(true)).id,
  revokeInvitation: () => created("/invitations", { role: "viewer" }),
  testProvider: async () => "box",
  resetProvider: async () => "box",
};

const BODIES: Record<string, () => object> = {
  createKey: () => ({ name: "k" }),
  updateKey: () => ({ name: "l" }),
  createOrg: () => ({ name: "o" }),
  updateOrg: () => ({ name: "p" }),
  createProvider: provider,
  updateProvider: () => ({ takes_metadata: true }),
  drainProvider: () => ({ drain: true }),
  tryProvider: provider,
  dryRunRule: () => ({ rule: { name: "draft", then: { deny: "No." } } }),
  addMember: () => ({ email: GUEST, role: "viewer" }),
  updateMember: () => ({ role: "developer" }),
  createInvitation: () => ({ role: "viewer" }),
  route: () => ({ model: "auto", messages: [{ role: "user", content: "Hello" }] }),
};

const routes: [string, ManageRoute][] = Object.entries(ROUTES);
/** Those for which a key is not enough are in session.test.ts and members.test.ts. */
const changing = routes.filter(([, { method, scope }]) => method !== "get" && scope !== null);

test.each(
  changing,
)("%s leaves one entry with what was and what is, or says why it leaves none", async (name, route) => {
  const object = (await OBJECTS[name]?.()) ?? "";
  const before = await entries();
  const body = route.method === "delete" ? undefined : (BODIES[name]?.() ?? {});
  const path = route.path.replace("{id}", object);
  const reply = await scene.call(route.method.toUpperCase(), path, admin.secret, body);
  const answered = await jsonOf(reply);
  if (name in CHANGES_NOTHING) return expect(await entries()).toEqual(before);
  expect(reply.status).toBeOneOf([200, 201]);
  const [entry, ...rest] = await entries();
  expect(rest).toEqual(before);
  expect(entry).toMatchObject({
    actor_key_id: admin.id,
    action: expect.stringMatching(/^[a-z]+\.[a-z]+$/),
    object: object === "" ? answered.id : object,
  });
  expect(Object.keys(entry.details).slice(0, 2)).toEqual(["before", "after"]);
  expect(entry.details.before).not.toEqual(entry.details.after);
  if (answered.link !== undefined) expect(JSON.stringify(entry)).not.toContain(answered.link.split("=")[1]);
  if (answered.key !== undefined) expect(JSON.stringify(entry)).not.toContain(answered.key.slice(15));
});

test("what is refused leaves nothing", async () => {
  const before = await entries();
  for (const [name, { method, path }] of changing) {
    const reader = await scene.keyWith(["read"]);
    const url = path.replace("{id}", "nobody");
    const body = method === "delete" ? undefined : { nonsense: name };
    for (const secret of [null, reader.secret, admin.secret])
      expect((await scene.call(method.toUpperCase(), url, secret, body)).ok).toBe(false);
  }
  expect(
    (await entries()).filter(({ actor_key_id }: { actor_key_id: string | null }) => actor_key_id !== null),
  ).toEqual(before.filter(({ actor_key_id }: { actor_key_id: string | null }) => actor_key_id !== null));
});

test("entries are found by who, what, on what and when, page by page", async () => {
  const other = await scene.keyWith(["admin"]);
  scene.clock.advance(60_000);
  const from = new Date(scene.clock.now()).toISOString();
  const named = await jsonOf(scene.call("POST", "/api/v1/keys", other.secret, { name: "sought" }));
  scene.clock.advance(1);
  await scene.call("DELETE", `/api/v1/keys/${named.id}`, admin.secret);
  const actions = async (query: string) =>
    (await entries(query)).map(({ action }: { action: string }) => action);
  expect(await actions(`&object=${named.id}`)).toEqual(["key.revoke", "key.create"]);
  expect(await actions(`&object=${named.id}&action=key.revoke`)).toEqual(["key.revoke"]);
  expect(await actions(`&actor_key_id=${other.id}`)).toEqual(["key.create"]);
  expect(await actions(`&from=${from}&actor_key_id=${admin.id}`)).toEqual(["key.revoke"]);
  expect(await actions(`&from=${from}&to=${new Date(scene.clock.now()).toISOString()}`)).toEqual([
    "key.create",
  ]);
  expect(await actions("&org_id=org_default&action=nothing.happened")).toEqual([]);
  const first = await jsonOf(scene.call("GET", `/api/v1/audit?limit=1&object=${named.id}`, admin.secret));
  const second = await jsonOf(
    scene.call("GET", `/api/v1/audit?limit=1&object=${named.id}&cursor=${first.next_cursor}`, admin.secret),
  );
  expect([first.data[0].action, second.data[0].action, second.next_cursor]).toEqual([
    "key.revoke",
    "key.create",
    null,
  ]);
  expect((await scene.call("GET", "/api/v1/audit?from=yesterday", admin.secret)).status).toBe(400);
});
