import { expect, test } from "bun:test";
import { ownerOf, PASSWORD, Visitor } from "../../testing/console-visitor.ts";
import { jsonOf, manageScene } from "../../testing/manage.ts";

const scene = await manageScene();
const admin = await scene.keyWith(["admin"]);
const tokenOf = (link: string) => new URL(link).searchParams.get("token") ?? "";
const setUp = (token: string, rest: object = {}) => {
  const body = { token, name: "Olive", email: "owner@example.com", password: PASSWORD, ...rest };
  return new Visitor(scene.url).call("POST", "/api/v1/console/setup", body);
};

async function newLink(): Promise<string> {
  const reply = await scene.call("POST", "/api/v1/console/link", admin.secret);
  expect(reply.status).toBe(201);
  const { link, expires_at } = await jsonOf(reply);
  expect(Date.parse(expires_at)).toBe(scene.clock.now() + 30 * 60_000);
  expect(link).toStartWith(`${scene.url}/console/setup?token=`);
  return tokenOf(link);
}

test("a link makes an owner once; one that is refused for its form can be used again", async () => {
  const token = await newLink();
  for (const rest of [{ password: "short" }, { email: "no address" }, { name: " " }, { role: "owner" }])
    expect((await setUp(token, rest)).status).toBe(400);
  const made = await setUp(token);
  expect([made.status, (await jsonOf(made)).role]).toEqual([201, "owner"]);
  expect((await setUp(token, { email: "second@example.com" })).status).toBe(410);
});

test("a link ends after half an hour, and when a newer one is made", async () => {
  const old = await newLink();
  const late = await newLink();
  expect((await setUp(old, { email: "old@example.com" })).status).toBe(410);
  scene.clock.advance(30 * 60_000);
  expect((await setUp(late, { email: "late@example.com" })).status).toBe(410);
});

test("a forgotten password is set anew by the operator's link, which ends that person's sessions", async () => {
  const before = await ownerOf(scene, "forgets@example.com");
  for (let i = 0; i < 5; i++) await new Visitor(scene.url).signIn("forgets@example.com", "not the password");
  const reply = await setUp(await newLink(), { email: "Forgets@example.com", password: "the next password" });
  expect(reply.status).toBe(201);
  expect((await before.call("GET", "/api/v1/session")).status).toBe(401);
  scene.clock.advance(5 * 60_000);
  expect((await new Visitor(scene.url).signIn("forgets@example.com")).status).toBe(401);
  expect((await new Visitor(scene.url).signIn("forgets@example.com", "the next password")).status).toBe(200);
});

test("nobody signs up without a link: the library's own routes are not there", async () => {
  const body = { name: "Eve", email: "eve@example.com", password: PASSWORD };
  for (const path of ["/api/auth/sign-up/email", "/api/auth/sign-in/email", "/api/auth/get-session"])
    expect((await new Visitor(scene.url).call("POST", path, body)).status).toBe(404);
  const users = await scene.store.queries.selectFrom("users").select("email").execute();
  expect(JSON.stringify(users)).not.toContain("eve@example.com");
});
