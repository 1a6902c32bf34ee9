import { Database } from "bun:sqlite";
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { completion, streamEvents } from "../../src/testing/openai-replies.ts";
import { type Answer, ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import {
  KEY,
  openStream,
  providerEntry,
  type ServerOptions,
  type ServerProcess,
  startServer,
} from "./server.ts";

/** A provider that is added by API serves like one of the file, for as long as nobody takes it away. */

const SECRET = "canary-provider-key-1234567890-wxyz";
const SECRETS = [SECRET, "canary-header-value"];
const [role = "", word = "", ...rest] = streamEvents("m", ["word"]);

let upstream: ScriptedUpstream;
/** Where a stored key must never go. */
let thief: ScriptedUpstream;
let streaming: Answer | undefined;
const servers: ServerProcess[] = [];

beforeAll(async () => {
  thief = await ScriptedUpstream.start();
  upstream = await ScriptedUpstream.start();
  upstream.on("streamed", (_, answer) => {
    answer.startStream();
    answer.chunk(role + word);
    streaming = answer;
  });
  upstream.on("*", ({ method }, answer) =>
    method === "GET"
      ? answer.json(200, { object: "list", data: [{ id: "listed" }] })
      : answer.json(200, completion("any", "fine")),
  );
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    await server.stop();
    for (const secret of SECRETS) expect(server.out + server.err).not.toContain(secret);
  }
  expect(thief.accepted).toBe(0);
});
afterAll(async () => {
  await upstream.stop();
  await thief.stop();
});

async function start(options: ServerOptions = {}): Promise<ServerProcess> {
  const server = await startServer(options);
  servers.push(server);
  return server;
}

interface Reply {
  status: number;
  body: Record<string, unknown>;
}

async function api(server: ServerProcess, method: string, path: string, body?: object): Promise<Reply> {
  const reply = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}` },
    body: body && JSON.stringify(body),
  });
  const text = await reply.text();
  for (const secret of SECRETS) expect(text).not.toContain(secret);
  return { status: reply.status, body: JSON.parse(text) };
}

const box = (more: object = {}) => ({
  ...providerEntry("box", upstream.baseUrl, ["m", "streamed"], { api_key: SECRET }),
  headers: { "X-Org": "canary-header-value" },
  ...more,
});

async function until(found: () => Promise<boolean>): Promise<void> {
  while (!(await found())) await new Promise(setImmediate);
}

const statusOf = async (server: ServerProcess, model: string) => (await server.chat(model)).status;

test("it serves at once with its key, after a restart, and ends the demo; its secrets lie nowhere in clear", async () => {
  const server = await start({ config: {} });
  expect(await api(server, "POST", "/providers", box())).toMatchObject({
    status: 201,
    body: { id: "box", source: "api", has_api_key: true, api_key_end: "wxyz", status: "ok", models: 2 },
  });
  expect(await statusOf(server, "m")).toBe(200);
  const asked = upstream.requests.at(-1);
  expect(asked?.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, "x-org": "canary-header-value" });
  expect(await server.modelIds()).not.toContain("demo");
  await server.stop();
  for (const file of ["nyuro.db", "nyuro.db-wal"].map((name) => join(server.dataDir, name))) {
    const bytes = (await Bun.file(file).exists()) ? readFileSync(file, "latin1") : "";
    for (const secret of SECRETS) expect(bytes).not.toContain(secret);
  }

  const again = await start({ config: {}, folder: server.folder });
  expect(await statusOf(again, "m")).toBe(200);
  expect(upstream.requests.at(-1)?.headers.authorization).toBe(`Bearer ${SECRET}`);
});

test("models it tells itself serve as soon as it is added", async () => {
  const server = await start({ config: {} });
  const { models: _, ...discovered } = box() as Record<string, unknown>;
  expect((await api(server, "POST", "/providers", discovered)).body).toMatchObject({ models: 1 });
  expect(await statusOf(server, "listed")).toBe(200);
});

test("one that is taken away ends no stream that is open, and gets no new request", async () => {
  const server = await start({ config: { providers: [providerEntry("other", upstream.baseUrl, ["m"])] } });
  await api(server, "POST", "/providers", box());
  const { rest: restOf } = await openStream(server, "streamed");
  expect(await api(server, "DELETE", "/providers/box")).toEqual({
    status: 200,
    body: { id: "box", deleted: true },
  });
  expect(await statusOf(server, "streamed")).toBe(404);
  for (const event of rest) streaming?.chunk(event);
  streaming?.endStream();
  expect(await restOf()).toEndWith("data: [DONE]\n\n");
  await until(async () => server.rows().some(({ model, status }) => model === "streamed" && status === "ok"));
});

test("it stays through a reload; where the file has one of the same id, the file wins and the log says so", async () => {
  const server = await start({ config: {} });
  await api(server, "POST", "/providers", box());
  server.writeConfig({ routing: { quality_floor: 1 } });
  await server.until(/config reloaded/);
  expect(await statusOf(server, "m")).toBe(200);

  server.writeConfig({ providers: [providerEntry("box", upstream.baseUrl, ["of-file"])] });
  await server.until(/the one added by API is not used/);
  expect([await statusOf(server, "of-file"), await statusOf(server, "m")]).toEqual([200, 404]);
  for (const [method, body] of [
    ["PATCH", { local: true }],
    ["DELETE", undefined],
    ["POST", box()],
  ] as const) {
    const refused = await api(server, method, method === "POST" ? "/providers" : "/providers/box", body);
    expect(refused).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
    expect(JSON.stringify(refused.body)).toContain("nyuro.json");
    expect(JSON.stringify(refused.body)).not.toContain(server.folder);
  }

  server.writeConfig({});
  await server.until(/config reloaded/, 3);
  expect([await statusOf(server, "of-file"), await statusOf(server, "m")]).toEqual([404, 200]);
});

test("a rule keeps the models it names: who alone serves one cannot be taken away", async () => {
  const providers = [providerEntry("other", upstream.baseUrl, ["o"])];
  const server = await start({ config: { providers } });
  await api(server, "POST", "/providers", box());
  server.writeConfig({ providers, rules: [{ name: "r", when: {}, then: { models: ["m"] } }] });
  await server.until(/config reloaded/);
  const refused = await api(server, "DELETE", "/providers/box");
  expect(refused).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
  expect(JSON.stringify(refused.body)).toContain('rule \\"r\\"');
  expect(await statusOf(server, "m")).toBe(200);
});

/** Changes the row behind the gateway's back. */
function tamper(server: ServerProcess, from: string, to: string): void {
  const db = new Database(join(server.dataDir, "nyuro.db"));
  db.query("UPDATE providers SET settings = replace(settings, ?, ?)").run(from, to);
  db.close();
}

test("a row whose address was changed in the database sends its key nowhere; the gateway starts and says why", async () => {
  const server = await start({ config: { providers: [providerEntry("other", upstream.baseUrl, ["o"])] } });
  await api(server, "POST", "/providers", box());
  await server.stop();
  tamper(server, upstream.baseUrl, thief.baseUrl);

  const again = await start({ folder: server.folder, config: {} });
  await again.until(/a provider added by API cannot be used/);
  expect(await statusOf(again, "m")).toBe(404);
  const { body } = await api(again, "GET", "/providers");
  expect(body.data).toMatchObject([
    {
      id: "box",
      status: "unusable",
      has_api_key: false,
      problem: expect.stringContaining("cannot be decrypted"),
    },
  ]);
  // Nothing of what is stored can be had back by changing something else.
  expect(await api(again, "PATCH", "/providers/box", { takes_metadata: true })).toMatchObject({
    status: 400,
    body: { error: { param: "api_key" } },
  });
  const mended = { base_url: upstream.baseUrl, api_key: SECRET };
  expect(await api(again, "PATCH", "/providers/box", mended)).toMatchObject({
    status: 200,
    body: { problem: null },
  });
  expect(await statusOf(again, "m")).toBe(200);
});
