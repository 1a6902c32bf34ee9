import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PASSWORD, Visitor } from "../../src/testing/console-visitor.ts";
import { readSources } from "../sources.ts";
import { KEY, type ServerProcess, startServer } from "./server.ts";

const linkIn = ({ out }: ServerProcess) => /sign up +(\S+)/.exec(out)?.[1] ?? null;
const tokenOf = (link: string | null) => new URL(link ?? "http://none").searchParams.get("token");
const setUp = (server: ServerProcess, token: string | null) => {
  const visitor = new Visitor(server.url);
  const body = { token, name: "Olive", email: "owner@example.com", password: PASSWORD };
  return visitor.call("POST", "/api/v1/console/setup", body).then((reply) => ({ visitor, reply }));
};

test("the printed link makes the owner; a session outlives kill -9, and then no link is printed", async () => {
  const first = await startServer();
  const ended = tokenOf(linkIn(first));
  expect(linkIn(first)).toStartWith(`${first.url}/console/setup?token=`);
  await first.kill();

  const second = await startServer({ folder: first.folder });
  expect((await setUp(second, ended)).reply.status).toBe(410);
  const token = tokenOf(linkIn(second));
  const { visitor, reply } = await setUp(second, token);
  expect(reply.status).toBe(201);
  expect((await setUp(second, token)).reply.status).toBe(410);
  const { cookie } = visitor;
  await second.kill();

  const third = await startServer({ folder: first.folder });
  expect(linkIn(third)).toBeNull();
  expect(third.out).toContain(`console    ${third.url}/console`);
  const again = new Visitor(third.url);
  again.cookie = cookie;
  expect((await again.call("GET", "/api/v1/providers")).status).toBe(200);
  const chat = { model: "demo", messages: [{ role: "user", content: "Hello" }] };
  const answer = await again.call("POST", "/v1/chat/completions", chat);
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining("choices")]);
  await third.stop();
  for (const file of readdirSync(third.dataDir).filter((name) => name.startsWith("nyuro.db"))) {
    const bytes = readFileSync(join(third.dataDir, file)).toString("latin1");
    for (const secret of [token ?? "none", PASSWORD]) expect(bytes).not.toContain(secret);
  }
  for (const { out, err } of [first, second, third]) {
    expect(err).not.toContain(token);
    expect(out + err).not.toContain(PASSWORD);
  }
});

test("the gateway serves its own console to a browser, with a strict policy, built if it was not", async () => {
  const server = await startServer();
  const landing = await fetch(server.url, { headers: { accept: "text/html" } });
  expect([landing.status, new URL(landing.url).pathname]).toEqual([200, "/console"]);
  expect(landing.headers.get("content-security-policy")).toContain("default-src 'self'");
  const page = await landing.text();
  const assets = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
  expect(assets.length).toBeGreaterThan(2);
  for (const path of assets) {
    expect(path).toStartWith("/console/");
    expect((await fetch(server.url + path)).status).toBe(200);
  }
  await server.stop();
});

test("behind its public address the link leads there and the cookie is Secure", async () => {
  const publicUrl = "https://llm.example.com";
  const server = await startServer({ config: { server: { public_url: publicUrl } } });
  const link = linkIn(server);
  expect(link).toStartWith(`${publicUrl}/console/setup?token=`);
  const body = { token: tokenOf(link), name: "Olive", email: "owner@example.com", password: PASSWORD };
  const visitor = new Visitor(server.url);
  await visitor.call("POST", "/api/v1/console/setup", body, { origin: publicUrl, host: "llm.example.com" });
  expect(visitor.setCookies.join()).toContain("; Secure");
  const foreign = await visitor.call("GET", "/api/v1/session", undefined, { host: "evil.example" });
  expect(foreign.status).toBe(403);
  expect((await server.get("/api/v1/keys", KEY)).status).toBe(200);
  await server.stop();
});

test("the library of sessions is loaded by the first of them, and by nothing before", async () => {
  const sources = await readSources("src/**/*.ts");
  const named = sources.filter(({ text }) => /["']@?better-auth/.test(text)).map(({ path }) => path);
  expect(named).toEqual(["src/people/auth-library.ts"]);
  const { text } = sources.find(({ path }) => path === named[0]) ?? { text: "" };
  expect(text).not.toMatch(/from ["']@?better-auth/);
});
