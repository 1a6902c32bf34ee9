import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { renameSync, writeFileSync } from "node:fs";
import { completion, streamEvents } from "../../src/testing/openai-replies.ts";
import { type Answer, ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { openStream, providerEntry, type ServerProcess, startServer, UPSTREAM_SECRET } from "./server.ts";

const events = streamEvents("m", ["word"]);
const [role = "", word = ""] = events;

let upstream: ScriptedUpstream;
let server: ServerProcess;
let streaming: Answer | undefined;

const entry = (id: string, models: readonly string[], more: object = {}) =>
  providerEntry(id, upstream.baseUrl, models, more);

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("m", (_, answer) => {
    answer.startStream();
    answer.chunk(role + word);
    streaming = answer;
  });
  upstream.on("*", (_, answer) => answer.json(200, completion("any", "fine")));
});
beforeEach(async () => {
  server = await startServer({ config: { providers: [entry("one", ["m", "old"])] } });
});
afterEach(async () => {
  expect(await server.stop()).toBe(0);
});
afterAll(() => upstream.stop());

const statusOf = async (model: string) => (await server.chat(model)).status;

test("a changed file counts from the next request on, and a stream that is open ends as it began", async () => {
  const { rest } = await openStream(server, "m");
  server.writeConfig({ providers: [entry("two", ["new"])] });
  await server.until(/config reloaded/);
  expect([await statusOf("new"), await statusOf("old"), await statusOf("m")]).toEqual([200, 404, 404]);
  for (const event of events.slice(2)) streaming?.chunk(event);
  streaming?.endStream();
  expect(await rest()).toBe([role, word, events[2], events[4]].join(""));
  expect(server.rows().map(({ model, status }) => [model, status])).toContainEqual(["m", "ok"]);
});

test("a file renamed over the old one counts, and so does SIGHUP", async () => {
  const next = `${server.configPath}.next`;
  writeFileSync(next, JSON.stringify({ providers: [entry("two", ["new"])] }));
  renameSync(next, server.configPath);
  server.signal("SIGHUP");
  await server.until(/config reloaded/);
  expect([await statusOf("new"), await statusOf("old")]).toEqual([200, 404]);
});

test.each([
  ["an unknown key", { providers: [], serveer: {} }, "serveer is not a known key; did you mean server?"],
  ["half a file", '{ "providers": [', "line 1, column"],
  [
    "a provider that cannot be built",
    { providers: [{ id: "new", preset: "azure", api_key: UPSTREAM_SECRET, models: [{ id: "new" }] }] },
    "providers\\[0\\] needs auth",
  ],
  [
    "a variable that is not set",
    { providers: [{ id: "new", preset: "openai", api_key: "${env:NOT_THERE}", models: [{ id: "new" }] }] },
    "needs the environment variable NOT_THERE",
  ],
])("%s changes nothing, and the log says why", async (_, wrong, why) => {
  server.writeConfig(wrong);
  await server.until(new RegExp(`${why}[^\n]*config not reloaded: the old one stays`));
  expect([await statusOf("old"), await statusOf("new")]).toEqual([200, 404]);
  // Mended, it counts: the mistake left nothing behind.
  server.writeConfig({ providers: [entry("two", ["new"])] });
  await server.until(/config reloaded/);
  expect([await statusOf("new"), await statusOf("old")]).toEqual([200, 404]);
});

test("requests that run while the file changes again and again are all answered", async () => {
  const both = [entry("one", ["old"]), entry("two", ["new"])];
  let isOver = false;
  const statuses = new Set<number>();
  const asking = Promise.all(
    Array.from({ length: 5 }, async () => {
      while (!isOver) statuses.add(await statusOf("old"));
    }),
  );
  for (let round = 1; round <= 5; round++) {
    server.writeConfig({ providers: round % 2 ? both : both.slice(0, 1) });
    server.signal("SIGHUP");
    await server.until(/config reloaded/, round);
  }
  isOver = true;
  await asking;
  expect(statuses).toEqual(new Set([200]));
});

test("egress.allow is applied by a reload, and taken back by the next", async () => {
  const remote = { providers: [entry("one", ["old"], { local: false })] };
  server.writeConfig(remote);
  await server.until(/config reloaded/);
  expect(await statusOf("old")).toBe(502);
  server.writeConfig({ ...remote, egress: { allow: ["127.0.0.0/8"] } });
  await server.until(/config reloaded/, 2);
  expect(await statusOf("old")).toBe(200);
  server.writeConfig(remote);
  await server.until(/config reloaded/, 3);
  const before = upstream.accepted;
  expect(await statusOf("old")).toBe(502);
  expect(upstream.accepted).toBe(before);
});

test("a removed file keeps the old configuration", async () => {
  renameSync(server.configPath, `${server.configPath}.away`);
  await server.until(/the config file does not exist[^\n]*config not reloaded/);
  expect(await statusOf("old")).toBe(200);
});
