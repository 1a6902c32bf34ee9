import { expect, test } from "bun:test";
import { memberOf, ownerOf, PASSWORD, Visitor } from "../../testing/console-visitor.ts";
import { jsonOf, manageScene, OTHER_ORG_ID } from "../../testing/manage.ts";

const scene = await manageScene();
const owner = await ownerOf(scene);
const admin = await memberOf(scene, "admin", "org_default", "admin@example.com");
const manager = await memberOf(scene, "owner", OTHER_ORG_ID, "other@example.com");
const errorOf = async (reply: Response) => [reply.status, (await jsonOf(reply)).error.code];
const idOf = async (visitor: Visitor) => (await jsonOf(visitor.call("GET", "/api/v1/session"))).user.id;
const tokenOf = (link: string) => new URL(link).searchParams.get("token") ?? "";

async function invite(by: Visitor, body: object): Promise<{ id: string; link: string }> {
  const reply = await by.call("POST", "/api/v1/invitations", body);
  expect(reply.status).toBe(201);
  return await jsonOf(reply);
}

function accept(token: string, email: string, rest: object = {}) {
  const visitor = new Visitor(scene.url);
  const body = { token, name: "New", email, password: PASSWORD, ...rest };
  return visitor.call("POST", "/api/v1/invitations/accept", body).then((reply) => ({ visitor, reply }));
}

test("an invitation lets one person in, once, as what it says; its token is nowhere else", async () => {
  const made = await invite(admin, { role: "developer", email: "Dev@Example.com" });
  const token = tokenOf(made.link);
  expect(made.link).toBe(`${scene.url}/console/invitation?token=${token}`);
  const listed = await jsonOf(admin.call("GET", "/api/v1/invitations"));
  const adminId = await idOf(admin);
  expect(listed.data).toEqual([
    {
      id: made.id,
      org_id: "org_default",
      role: "developer",
      email: "dev@example.com",
      invited_by: adminId,
      created_at: "2027-01-15T08:00:00.000Z",
      expires_at: "2027-01-22T08:00:00.000Z",
    },
  ]);
  const rows = await scene.store.queries.selectFrom("links").selectAll().execute();
  const audit = await scene.store.queries.selectFrom("audit").selectAll().execute();
  expect(JSON.stringify([listed, rows, audit])).not.toContain(token);
  const foreign = await accept(token, "somebody.else@example.com");
  expect((await jsonOf(foreign.reply)).error.param).toBe("email");
  const { visitor, reply } = await accept(token, "dev@example.com");
  expect([reply.status, (await jsonOf(reply)).role]).toEqual([201, "developer"]);
  expect((await jsonOf(visitor.call("GET", "/api/v1/session"))).scopes).toEqual(["inference", "read"]);
  expect(await errorOf((await accept(token, "dev@example.com")).reply)).toEqual([410, "link_ended"]);
  expect((await jsonOf(admin.call("GET", "/api/v1/invitations"))).data).toEqual([]);
});

test("of two who use one link at once, one comes in and the other leaves no trace", async () => {
  const { link } = await invite(admin, { role: "viewer" });
  const both = await Promise.all(["a@race.com", "b@race.com"].map((it) => accept(tokenOf(link), it)));
  expect(both.map(({ reply }) => reply.status).sort()).toEqual([201, 410]);
  const users = await scene.store.queries.selectFrom("users").select("email").execute();
  expect(users.filter(({ email }) => email.endsWith("@race.com"))).toHaveLength(1);
});

test.each([
  [
    "one that was revoked",
    async (id: string) => void (await admin.call("DELETE", `/api/v1/invitations/${id}`)),
  ],
  ["one of a week ago", async () => scene.clock.advance(7 * 24 * 3_600_000)],
])("%s opens nothing", async (_, end) => {
  const made = await invite(admin, { role: "viewer" });
  await end(made.id);
  expect(await errorOf((await accept(tokenOf(made.link), "late@example.com")).reply)).toEqual([
    410,
    "link_ended",
  ]);
});

test.each([
  "",
  "x",
  "'; DROP TABLE links; --",
  "A".repeat(43),
  "é".repeat(43),
])("the token %p opens nothing", async (token) => {
  const status = token === "" ? 400 : 410;
  expect((await accept(token, "guess@example.com")).reply.status).toBe(status);
});

test("an invitation is no operator's link, nor the other way round", async () => {
  const { link } = await invite(admin, { role: "viewer" });
  const { token } = await scene.people.links.makeSetup(null);
  const body = { token: tokenOf(link), name: "New", email: "new@example.com", password: PASSWORD };
  const visitor = new Visitor(scene.url);
  expect(await errorOf(await visitor.call("POST", "/api/v1/console/setup", body))).toEqual([
    410,
    "link_ended",
  ]);
  expect(await errorOf((await accept(token, "new@example.com")).reply)).toEqual([410, "link_ended"]);
});

test("somebody who has an account joins a further organization with their password, and can look at either", async () => {
  const { link } = await invite(manager, { role: "billing" });
  const wrong = await accept(tokenOf(link), "admin@example.com", { password: "not the password" });
  expect(await errorOf(wrong.reply)).toEqual([401, "wrong_credentials"]);
  const { visitor, reply } = await accept(tokenOf(link), "admin@example.com");
  const session = await jsonOf(reply);
  expect(session).toMatchObject({ org: { id: OTHER_ORG_ID }, role: "billing", rights: ["budgets"] });
  expect(session.orgs.map(({ role }: { role: string }) => role)).toEqual(["admin", "billing"]);
  expect((await visitor.call("GET", "/api/v1/keys")).status).toBe(403);
  expect((await visitor.call("GET", "/api/v1/budgets")).status).toBe(200);
  expect((await visitor.call("PATCH", "/api/v1/session", { org_id: "org_default" })).status).toBe(200);
  expect((await visitor.call("GET", "/api/v1/keys")).status).toBe(200);
  expect(await errorOf(await visitor.call("PATCH", "/api/v1/session", { org_id: "org_x" }))).toEqual([
    404,
    "not_found",
  ]);
});

test("another role counts from the next call on", async () => {
  const member = await memberOf(scene, "developer", "org_default", "moving@example.com");
  const id = await idOf(member);
  expect((await member.call("GET", "/api/v1/keys")).status).toBe(403);
  expect((await admin.call("PATCH", `/api/v1/members/${id}`, { role: "admin" })).status).toBe(200);
  expect((await member.call("GET", "/api/v1/keys")).status).toBe(200);
  await admin.call("PATCH", `/api/v1/members/${id}`, { role: "viewer" });
  expect((await member.call("GET", "/api/v1/keys")).status).toBe(403);
});

test("who is removed is out at once, and nothing is left of them but the audit log", async () => {
  const member = await memberOf(scene, "viewer", "org_default", "leaving@example.com");
  const id = await idOf(member);
  expect((await admin.call("DELETE", `/api/v1/members/${id}`)).status).toBe(200);
  expect(await errorOf(await member.call("GET", "/api/v1/logs"))).toEqual([401, "not_signed_in"]);
  expect((await new Visitor(scene.url).signIn("leaving@example.com")).status).toBe(401);
  for (const table of ["users", "sessions", "accounts", "members"] as const) {
    const rows = await scene.store.queries.selectFrom(table).selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(id);
  }
  expect(await errorOf(await admin.call("DELETE", `/api/v1/members/${id}`))).toEqual([404, "not_found"]);
});

test("only owners make and unmake owners, and the last one stays", async () => {
  const ownerId = await idOf(owner);
  const denied = [403, "insufficient_scope"];
  expect(await errorOf(await admin.call("POST", "/api/v1/invitations", { role: "owner" }))).toEqual(denied);
  expect(
    await errorOf(await admin.call("PATCH", `/api/v1/members/${await idOf(admin)}`, { role: "owner" })),
  ).toEqual(denied);
  expect(await errorOf(await admin.call("PATCH", `/api/v1/members/${ownerId}`, { role: "viewer" }))).toEqual(
    denied,
  );
  expect(await errorOf(await admin.call("DELETE", `/api/v1/members/${ownerId}`))).toEqual(denied);
  expect(await errorOf(await owner.call("DELETE", `/api/v1/members/${ownerId}`))).toEqual([409, "conflict"]);
  expect(await errorOf(await owner.call("PATCH", `/api/v1/members/${ownerId}`, { role: "admin" }))).toEqual([
    409,
    "conflict",
  ]);
  expect((await jsonOf(owner.call("GET", "/api/v1/session"))).role).toBe("owner");
});

test("another organization's members and invitations look like none", async () => {
  const { id } = await invite(manager, { role: "viewer" });
  const managerId = await idOf(manager);
  for (const [method, path, body] of [
    ["PATCH", `/api/v1/members/${managerId}`, { role: "viewer" }],
    ["DELETE", `/api/v1/members/${managerId}`, undefined],
    ["DELETE", `/api/v1/invitations/${id}`, undefined],
    ["POST", "/api/v1/invitations", { role: "viewer", org_id: OTHER_ORG_ID }],
    ["GET", `/api/v1/members?org_id=${OTHER_ORG_ID}`, undefined],
    ["DELETE", `/api/v1/members/${managerId}?org_id=${OTHER_ORG_ID}`, undefined],
  ] as const)
    expect(await errorOf(await admin.call(method, path, body))).toEqual([404, "not_found"]);
  const mine = await jsonOf(owner.call("GET", `/api/v1/members?org_id=${OTHER_ORG_ID}`));
  expect(mine.data.map(({ email }: { email: string }) => email)).toContain("other@example.com");
});

test("the owner lets somebody with an account into an organization; nobody else can", async () => {
  const body = { email: "moving@example.com", role: "developer" };
  const path = `/api/v1/members?org_id=${OTHER_ORG_ID}`;
  expect((await manager.call("POST", "/api/v1/members", body)).status).toBe(403);
  expect((await owner.call("POST", path, body)).status).toBe(201);
  expect(await errorOf(await owner.call("POST", path, body))).toEqual([409, "conflict"]);
  const nobody = await owner.call("POST", path, { ...body, email: "nobody@example.com" });
  expect(await errorOf(nobody)).toEqual([404, "not_found"]);
});
