import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../bench/targets/children.ts";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { freshFolder, KEY, providerEntry, ServerProcess, startServer } from "./server.ts";

const READY_WITHIN_MS = 3_000;
const NO_KEY = { NYURO_BOOTSTRAP_KEY: "" };
/** Where a machine that runs these tests may have a real server, which then answers instead of the demo. */
const REAL_LOCAL_SERVER = /\((http:\/\/127\.0\.0\.1:(11434|8000|8080|1234))\)/;

const lineOf = (server: ServerProcess, word: string) =>
  new RegExp(`^ {2}${word} +(.*)$`, "m").exec(server.out)?.[1] ?? null;
const curlOf = (server: ServerProcess) => /^ {4}(curl .*)$/m.exec(server.out)?.[1] ?? "";

test("the first start prints its key once, and the printed curl line answers", async () => {
  const folder = freshFolder();
  const first = await startServer({ folder, env: NO_KEY });
  const key = lineOf(first, "key") ?? "";
  expect(key).toMatch(/^neu_live_[A-Za-z0-9]{49}$/);
  expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(curlOf(first)).toContain(`${first.url}/v1/chat/completions`);
  if (!REAL_LOCAL_SERVER.test(first.out)) {
    expect(lineOf(first, "providers")).toBe("demo (simulated: nothing real is configured)");
    const pasted = Bun.spawnSync(["sh", "-c", `${curlOf(first)} --silent --show-error`]);
    const { choices } = JSON.parse(pasted.stdout.toString());
    expect(choices[0].message.content).toContain("simulated");
    expect(first.rows()).toMatchObject([{ model: "demo", status: "ok" }]);
  }
  expect(first.out.split(key)).toHaveLength(3); // the key's own line and the curl line
  expect(first.err).not.toContain(key);
  expect(await first.stop()).toBe(0);

  const second = await startServer({ folder, env: NO_KEY });
  expect(lineOf(second, "key")).toBeNull();
  expect(second.out).not.toContain("neu_live_");
  expect(curlOf(second)).toContain("Bearer $NYURO_API_KEY");
  expect((await second.get("/v1/models", key)).status).toBe(200);
  expect(await second.stop()).toBe(0);
});

test("the secret and the folder of the data are for their owner alone", async () => {
  const server = await startServer({ env: NO_KEY });
  expect(statSync(server.dataDir).mode & 0o777).toBe(0o700);
  expect(statSync(join(server.dataDir, "secret")).mode & 0o777).toBe(0o600);
  await server.stop();
});

test("a bootstrap key becomes the first key, with every scope, and is not printed", async () => {
  const folder = freshFolder();
  const server = await startServer({ folder });
  expect(lineOf(server, "key")).toBeNull();
  expect(server.out).not.toContain("neu_live_");
  const told = await (await server.get("/api/v1/key")).json();
  expect(told).toMatchObject({ scopes: ["inference", "read", "manage", "admin"], revoked_at: null });
  await server.stop();

  const other = `neu_live_${"another".repeat(6)}`;
  const again = await startServer({ folder, env: { NYURO_BOOTSTRAP_KEY: other } });
  expect((await again.get("/v1/models", other)).status).toBe(401);
  expect((await again.get("/v1/models")).status).toBe(200);
  await again.stop();
});

test("a second start is ready in a moment", async () => {
  const folder = freshFolder();
  const config = { providers: [providerEntry("one", "http://127.0.0.1:9/v1", ["m"])] };
  await (await startServer({ folder, config })).stop();
  const beganMs = performance.now();
  const server = await startServer({ folder, config });
  expect((await server.get("/readyz", null)).status).toBe(200);
  const readyMs = performance.now() - beganMs;
  console.log(`ready ${Math.round(readyMs)} ms after a warm start`);
  expect(readyMs).toBeLessThan(READY_WITHIN_MS);
  await server.stop();
});

test("health, readiness and the API description need no key, and nothing else does without", async () => {
  const config = { providers: [providerEntry("one", "http://127.0.0.1:9/v1", ["m"])] };
  const server = await startServer({ config });
  const statusOf = async (path: string) => (await server.get(path, null)).status;
  for (const path of ["/healthz", "/readyz", "/openapi.json"])
    expect([path, await statusOf(path)]).toEqual([path, 200]);
  for (const path of ["/v1/models", "/metrics", "/api/v1/logs", "/api/v1/providers", "/api/v1/keys"])
    expect([path, await statusOf(path)]).toEqual([path, 401]);
  await server.stop();
});

test("a provider whose key is in the environment is there by itself, named by the variable, and the demo is off", async () => {
  const secret = "pplx-secret-in-the-environment";
  const server = await startServer({ env: { PERPLEXITY_API_KEY: secret, GROQ_API_KEY: "" } });
  expect(lineOf(server, "providers")).toContain("perplexity (PERPLEXITY_API_KEY)");
  expect(lineOf(server, "providers")).not.toMatch(/demo|groq/);
  expect(await server.modelIds()).not.toContain("demo");
  expect((await server.chat("demo")).status).toBe(404);
  await server.stop();
  expect(server.out + server.err).not.toContain(secret);
});

test("a local server's models appear once it is there, and readiness follows", async () => {
  const upstream = await ScriptedUpstream.start();
  let isUp = false;
  upstream.on("undefined", (_, answer) =>
    isUp
      ? answer.json(200, { object: "list", data: [{ id: "llama3.1", object: "model" }] })
      : answer.json(503, { error: { message: "loading" } }),
  );
  const config = (more: object) => ({
    providers: [{ id: "box", preset: "vllm", base_url: upstream.baseUrl, ...more }],
  });
  const server = await startServer({ config: config({}) });
  expect((await server.get("/readyz", null)).status).toBe(503);
  expect((await server.chat("llama3.1")).status).toBe(404);
  isUp = true;
  // A reload asks every provider again; without one the next poll would.
  server.writeConfig(config({ takes_metadata: true }));
  await server.until(/config reloaded/);
  while ((await server.get("/readyz", null)).status !== 200);
  expect(await server.modelIds()).toContain("llama3.1");
  await server.stop();
  await upstream.stop();
});

test("nothing but the data folder is written", async () => {
  const server = await startServer({ env: NO_KEY });
  await server.stop();
  const files = [...new Bun.Glob("**").scanSync({ cwd: server.folder, dot: true })].sort();
  expect(files).toEqual(["data/lock.db", "data/nyuro.db", "data/secret"]);
});

test("a bootstrap key is known as soon as the port is open, not only once the banner is there", async () => {
  // A server that is asked for its models and never answers keeps the banner back.
  let asked: () => void = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const silent = (await ScriptedUpstream.start()).on("*", () => asked());
  const port = await freePort();
  const providers = [
    providerEntry("one", silent.baseUrl, ["m"]),
    { id: "box", preset: "vllm", base_url: silent.baseUrl },
  ];
  const server = new ServerProcess({ config: { providers }, env: { NYURO_PORT: String(port) } });
  await isAsked;
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/v1/models`, { headers: { authorization: `Bearer ${KEY}` } }).catch(
      () => null,
    );
  let response = await ask();
  while (response === null) response = await ask();
  expect(response.status).toBe(200);
  expect(await server.stop()).toBe(0);
  await silent.stop();
});
