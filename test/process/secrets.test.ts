import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { completion } from "../../src/testing/openai-replies.ts";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { KEY, PROMPT, providerEntry, type ServerProcess, startServer, UPSTREAM_SECRET } from "./server.ts";

/** What lies on the disk and what is said of requests, after everything that could have written a secret was done. */

const ADDED_SECRET = "canary-key-of-an-added-provider-0123456789";
const HEADER_SECRET = "canary-header-of-an-added-provider";
const WEBHOOK_SECRET = "canary-secret-of-the-webhook-0123456789";
/** Breaks a line of a log, a line of a head, and a terminal. */
const BREAKING = 'evil\r\nx-nyuro-model: forged\n{"level":50,"msg":"forged"}\u001b[31m\u0000';

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("quoting", (_, answer) =>
    answer.json(500, { error: { message: BREAKING, code: BREAKING, type: BREAKING } }),
  );
  upstream.on("*", (_, answer) => answer.json(200, completion("m", "fine")));
});
afterAll(() => upstream.stop());

const start = () =>
  startServer({
    config: {
      providers: [providerEntry("box", upstream.baseUrl, ["m", "quoting"])],
      alerts: { webhook: { url: "https://127.0.0.1:9/", secret: WEBHOOK_SECRET } },
    },
    env: { NYURO_LOG_LEVEL: "trace" },
  });

async function api(server: ServerProcess, method: string, path: string, body: object = {}, status?: number) {
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  const reply = await fetch(`${server.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
  expect([path, status === undefined ? reply.ok : reply.status]).toEqual([path, status ?? true]);
  return JSON.parse(await reply.text());
}

/** Every byte below the folder, one latin1 character each, by file. */
function bytesBelow(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file));
  return new Map(files.filter((it) => statSync(it).isFile()).map((it) => [it, readFileSync(it, "latin1")]));
}

test("no file of the data folder holds a key, a credential or a prompt, while it runs and afterwards", async () => {
  const server = await start();
  const made = await api(server, "POST", "/keys", { name: "made", budget: { limit_usd: 1 } });
  const rotated = await api(server, "POST", `/keys/${made.id}/rotate`);
  const secrets = { api_key: ADDED_SECRET, headers: { "x-org": HEADER_SECRET } };
  const added = { ...providerEntry("added", upstream.baseUrl, ["m2"]), ...secrets };
  await api(server, "POST", "/providers", added);
  await api(server, "PATCH", "/providers/added", { takes_metadata: true });
  for (const model of ["m", "m2", "quoting", "gone"]) await (await server.chat(model)).text();
  await (await server.get("/v1/models", "neu_live_a-key-that-nobody-made-000000000")).text();
  const hidden = [
    KEY,
    made.key,
    rotated.key,
    UPSTREAM_SECRET,
    ADDED_SECRET,
    HEADER_SECRET,
    WEBHOOK_SECRET,
    PROMPT,
  ];
  const check = () => {
    const found = bytesBelow(server.dataDir);
    expect([...found.keys()].some((file) => file.endsWith("nyuro.db"))).toBe(true);
    expect([...found.values()].join("")).toContain("box");
    for (const [file, bytes] of found)
      for (const secret of hidden) {
        const known = [secret, btoa(secret), Buffer.from(secret).toString("hex")];
        expect([file, known.filter((it) => bytes.includes(it))]).toEqual([file, []]);
      }
  };
  check();
  expect(await server.stop()).toBe(0);
  check();
  for (const file of bytesBelow(server.dataDir).keys()) {
    const isOthers = statSync(file).mode & 0o077;
    expect([file, isOthers]).toEqual([file, 0]);
  }
  for (const secret of [ADDED_SECRET, HEADER_SECRET, WEBHOOK_SECRET, made.key, rotated.key])
    expect(server.out + server.err).not.toContain(secret);
});

test("whatever is said to it, each line of the log is one JSON object of ours, and each head is", async () => {
  const server = await start();
  await api(server, "POST", "/keys", { name: "a \u009b31m name", metadata: { [BREAKING]: BREAKING } }, 400);
  await api(server, "POST", "/keys", { name: BREAKING }, 400);
  await api(server, "POST", "/keys", { name: "fine", metadata: { [BREAKING]: BREAKING } });
  const asked: [object, Record<string, string>][] = [
    [{ model: BREAKING }, {}],
    [{ model: "m", models: [BREAKING] }, {}],
    [{ model: "m", [BREAKING]: 1, metadata: { industry: BREAKING, [BREAKING]: BREAKING } }, {}],
    [{ model: "m", user: BREAKING, session_id: BREAKING, provider: { order: [BREAKING] } }, {}],
    [{ model: "quoting" }, { "x-session-id": "{}\t[]", "x-request-id": "req_forged" }],
    [{ model: "quoting", stream: true }, { "x-nyuro-max-cost-usd": "forged" }],
    // The runtime itself refuses a head that could break one.
    [{ model: "m" }, { "user-agent": "\u001b[31m" }],
  ];
  for (const [more, headers] of asked) {
    const init = { headers: { authorization: `Bearer ${KEY}`, ...headers } };
    const reply = await server.chat("m", more, { ...init, body: JSON.stringify({ ...CHAT, ...more }) });
    await reply.text();
    for (const [name, value] of reply.headers) {
      expect(`${name}: ${value}`).toMatch(/^[\x20-\x7e]*$/);
      expect(value).not.toContain("forged");
    }
  }
  expect(await server.stop()).toBe(0);
  const lines = server.err.trimEnd().split("\n");
  expect(server.err).toContain("attempt failed");
  for (const line of lines) {
    const { level, msg } = JSON.parse(line);
    expect([typeof level, typeof msg, msg === "forged"]).toEqual(["number", "string", false]);
    expect(line).not.toContain("\u001b");
    expect(line).not.toContain("\u0000");
  }
});

const CHAT = { model: "m", messages: [{ role: "user", content: "hi" }] };
