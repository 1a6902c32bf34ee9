import { expect, test } from "bun:test";
import { memberOf, ownerOf, PASSWORD, Visitor } from "../../testing/console-visitor.ts";
import { jsonOf, manageScene } from "../../testing/manage.ts";

const scene = await manageScene();
const owner = await ownerOf(scene);
const errorOf = async (reply: Response) => [reply.status, (await jsonOf(reply)).error.code];
const auditOf = async (action: string) => {
  const rows = await scene.store.queries
    .selectFrom("audit")
    .selectAll()
    .where("action", "=", action)
    .execute();
  return rows.map(({ actor_key_id, object, details }) => ({ actor_key_id, object, details }));
};

test("the session tells who is signed in, where, and what that grants", async () => {
  const body = await jsonOf(owner.call("GET", "/api/v1/session"));
  expect(body).toEqual({
    user: { id: expect.stringMatching(/^usr_\w{20}$/), name: "Olive Owner", email: "owner@example.com" },
    org: { id: "org_default", name: "Default" },
    role: "owner",
    scopes: ["admin"],
    rights: [],
    orgs: [{ id: "org_default", name: "Default", role: "owner" }],
  });
});

test("the cookie is out of reach for scripts and other sites, and without a signature opens nothing", async () => {
  const visitor = new Visitor(scene.url);
  expect((await visitor.signIn("OWNER@example.com")).status).toBe(200);
  const [cookie = ""] = visitor.setCookies;
  expect(cookie).toMatch(/^nyuro\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
  const [token = ""] = decodeURIComponent(cookie.slice("nyuro.session_token=".length)).split(".");
  for (const forged of [
    token,
    `${token}.x`,
    encodeURIComponent(`${token}.AAAA`),
    `${token}.${"A".repeat(5000)}`,
  ]) {
    visitor.cookie = `nyuro.session_token=${forged}`;
    expect(await errorOf(await visitor.call("GET", "/api/v1/session"))).toEqual([401, "not_signed_in"]);
  }
});

test("over https the cookie is Secure", async () => {
  const visitor = new Visitor(scene.url);
  const headers = { origin: scene.url.replace("http:", "https:") };
  await visitor.call("POST", "/api/v1/session", { email: "owner@example.com", password: PASSWORD }, headers);
  expect(visitor.setCookies).toEqual([expect.stringContaining("; HttpOnly; SameSite=Strict; Secure")]);
});

test("a wrong password and an unknown address are one answer", async () => {
  const visitor = new Visitor(scene.url);
  const wrong = await visitor.signIn("owner@example.com", "not the password");
  const unknown = await visitor.signIn("nobody@example.com", "not the password");
  expect([wrong.status, await wrong.text()]).toEqual([unknown.status, await unknown.text()]);
  expect(wrong.status).toBe(401);
  expect([visitor.cookie, visitor.setCookies]).toEqual([null, []]);
});

test("the sixth failure must wait, and so must the right password after it, until time has passed", async () => {
  const email = "slow@example.com";
  await memberOf(scene, "viewer", "org_default", email);
  const visitor = new Visitor(scene.url);
  for (let i = 0; i < 5; i++) expect((await visitor.signIn(email, "not the password")).status).toBe(401);
  const refused = await visitor.signIn(email);
  expect(await errorOf(refused)).toEqual([429, "rate_limit_exceeded"]);
  expect(refused.headers.get("retry-after")).toBe("300");
  expect((await owner.call("GET", "/api/v1/session")).status).toBe(200);
  scene.clock.advance(300_000);
  expect((await visitor.signIn(email)).status).toBe(200);
});

test("signing out ends the session at once, everywhere the cookie is", async () => {
  const visitor = new Visitor(scene.url);
  await visitor.signIn("owner@example.com");
  const { cookie } = visitor;
  expect((await visitor.call("GET", "/api/v1/keys")).status).toBe(200);
  expect(await jsonOf(visitor.call("DELETE", "/api/v1/session"))).toEqual({ signed_out: true });
  expect(visitor.cookie).toBeNull();
  visitor.cookie = cookie;
  for (const path of ["/api/v1/keys", "/api/v1/session", "/v1/models", "/metrics"])
    expect(await errorOf(await visitor.call("GET", path))).toEqual([401, "not_signed_in"]);
});

test("sessions are listed with their device, and each can be ended, but only by their person", async () => {
  const [phone, laptop] = [new Visitor(scene.url), new Visitor(scene.url)];
  const email = "sessions@example.com";
  const first = await memberOf(scene, "developer", "org_default", email);
  const asPhone = { "user-agent": "A phone" };
  await phone.call("POST", "/api/v1/session", { email, password: PASSWORD }, asPhone);
  await laptop.signIn(email);
  const { data } = await jsonOf(laptop.call("GET", "/api/v1/sessions"));
  expect(data).toHaveLength(3);
  expect(data.filter((it: { current: boolean }) => it.current)).toHaveLength(1);
  const shown = data.find((it: { user_agent: string }) => it.user_agent === "A phone");
  expect(shown.id).toMatch(/^ses_/);
  expect(shown).toMatchObject({ address: "127.0.0.1", current: false });
  expect(JSON.stringify(data)).not.toContain("token");
  expect(await errorOf(await owner.call("DELETE", `/api/v1/sessions/${shown.id}`))).toEqual([
    404,
    "not_found",
  ]);
  expect((await phone.call("GET", "/api/v1/session")).status).toBe(200);
  expect((await laptop.call("DELETE", `/api/v1/sessions/${shown.id}`)).status).toBe(200);
  expect((await phone.call("GET", "/api/v1/session")).status).toBe(401);
  expect((await laptop.call("DELETE", "/api/v1/sessions")).status).toBe(200);
  expect((await first.call("GET", "/api/v1/session")).status).toBe(401);
  expect((await laptop.call("GET", "/api/v1/session")).status).toBe(200);
});

test("another password needs the one before, and ends all sessions but the one that set it", async () => {
  const email = "changes@example.com";
  const [one, two] = [await memberOf(scene, "billing", "org_default", email), new Visitor(scene.url)];
  await two.signIn(email);
  const change = (current_password: string, new_password: string) =>
    one.call("POST", "/api/v1/session/password", { current_password, new_password });
  expect(await errorOf(await change("not the password", "another long password"))).toEqual([
    401,
    "wrong_credentials",
  ]);
  expect((await jsonOf(change(PASSWORD, "short"))).error.param).toBe("new_password");
  expect(await jsonOf(change(PASSWORD, "another long password"))).toEqual({ changed: true });
  expect((await two.call("GET", "/api/v1/session")).status).toBe(401);
  expect((await one.call("GET", "/api/v1/session")).status).toBe(200);
  expect((await new Visitor(scene.url).signIn(email)).status).toBe(401);
  expect((await new Visitor(scene.url).signIn(email, "another long password")).status).toBe(200);
});

test("what a person does is in the audit log under their id, and no secret is", async () => {
  const { user } = await jsonOf(owner.call("GET", "/api/v1/session"));
  const made = await jsonOf(owner.call("POST", "/api/v1/keys", { name: "of the console" }));
  expect(await auditOf("key.create")).toContainEqual(
    expect.objectContaining({ actor_key_id: user.id, object: made.id }),
  );
  expect((await auditOf("console.setup"))[0]).toMatchObject({ actor_key_id: user.id, object: user.id });
  for (const action of [
    "console.setup",
    "invitation.accept",
    "session.open",
    "session.close",
    "session.revoke",
    "password.change",
  ])
    for (const { details } of [...(await auditOf(action)), { details: "null" }].slice(0, 1))
      expect([action, Object.keys(JSON.parse(details) ?? {})]).toEqual([action, ["before", "after"]]);
  const all = JSON.stringify(await scene.store.queries.selectFrom("audit").selectAll().execute());
  const tokens = await scene.store.queries.selectFrom("sessions").select("token").execute();
  for (const secret of [PASSWORD, "$argon2", ...tokens.map(({ token }) => token)])
    expect(all).not.toContain(secret);
});

test("a key that is sent is all that counts: a bad one is not helped by a cookie", async () => {
  const asBad = { authorization: "Bearer neu_live_nobody" };
  expect(await errorOf(await owner.call("GET", "/api/v1/keys", undefined, asBad))).toEqual([
    401,
    "invalid_api_key",
  ]);
  const { secret } = await scene.keyWith(["inference"]);
  const asKey = { authorization: `Bearer ${secret}` };
  expect((await owner.call("GET", "/api/v1/keys", undefined, asKey)).status).toBe(403);
  expect(await errorOf(await owner.call("GET", "/api/v1/session", undefined, asKey))).toEqual([
    401,
    "not_signed_in",
  ]);
});

test("no other site can use the session: neither by a form nor by a script nor by a name of its own", async () => {
  const create = (headers: Record<string, string>) =>
    owner.call("POST", "/api/v1/keys", { name: "theirs" }, headers);
  const foreign: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { "sec-fetch-site": "cross-site" },
    { "x-nyuro-console": "" },
    { host: "evil.example" },
  ];
  for (const headers of foreign) expect(await errorOf(await create(headers))).toEqual([403, "cross_site"]);
  const rebound = await owner.call("GET", "/api/v1/keys", undefined, { host: "evil.example" });
  expect(await errorOf(rebound)).toEqual([403, "cross_site"]);
  const chat = await owner.call(
    "POST",
    "/v1/chat/completions",
    { model: "m" },
    { origin: "https://evil.example" },
  );
  expect(await errorOf(chat)).toEqual([403, "cross_site"]);
  const keys = await jsonOf(owner.call("GET", "/api/v1/keys"));
  expect(JSON.stringify(keys)).not.toContain("theirs");
});
