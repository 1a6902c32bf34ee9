import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { completion, streamEvents } from "../../src/testing/openai-replies.ts";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { KEY, PROMPT, providerEntry, type ServerProcess, startServer, UPSTREAM_SECRET } from "./server.ts";

/** Message bodies as an operator meets them: on by the API, alive after a crash, gone from the disk once erased. */

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("*", ({ body }, answer) => {
    if (!body.stream) return answer.json(200, completion("m", "an answer about quartz"));
    answer.startStream();
    for (const event of streamEvents("m", ["an answer", " about quartz"])) answer.chunk(event);
    answer.endStream();
  });
});
afterAll(() => upstream.stop());

const start = (folder?: string) =>
  startServer({ config: { providers: [providerEntry("box", upstream.baseUrl, ["m"])] }, folder });

async function api(server: ServerProcess, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  const reply = await fetch(`${server.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
  expect([path, reply.status]).toEqual([path, 200]);
  return JSON.parse(await reply.text());
}

const keep = (server: ServerProcess, isOn: boolean) =>
  api(server, "PATCH", "/orgs/org_default", { store_bodies: isOn });

/** Files of the data folder with this text in them. */
function filesWith({ dataDir }: ServerProcess, text: string): string[] {
  return readdirSync(dataDir).filter((file) => readFileSync(join(dataDir, file), "latin1").includes(text));
}

test("whoever read an answer to its end finds it after kill -9, with its row", async () => {
  const server = await start();
  await keep(server, true);
  const said: [string | null, string][] = [];
  for (let n = 0; n < 6; n++) {
    // Those that are long enough are packed on the way.
    const reply = await server.chat("m", { stream: n % 2 === 0, user: "u".repeat(n * 4_000) });
    said.push([reply.headers.get("x-request-id"), await reply.text()]);
  }
  await server.kill();
  const again = await start(server.folder);
  for (const [id, told] of said) {
    const { status, bodies } = await api(again, "GET", `/logs/${id}`);
    expect(status).toBe("ok");
    expect(bodies.response).toBe(told);
    expect(bodies.request).toContain(PROMPT);
  }
  expect(await again.stop()).toBe(0);
});

test("off, the disk never knows what was said; on, it does, without keys; erased, it does not any more", async () => {
  const server = await start();
  await (await server.chat("m")).text();
  expect(filesWith(server, PROMPT)).toEqual([]);
  await keep(server, true);
  await (await server.chat("m", { user: KEY })).text();
  await (await server.chat("m", { stream: true })).text();
  expect(filesWith(server, PROMPT)).not.toEqual([]);
  for (const secret of [KEY, UPSTREAM_SECRET]) expect(filesWith(server, secret)).toEqual([]);
  await keep(server, false);
  expect(await api(server, "DELETE", "/orgs/org_default/bodies")).toEqual({ erased: 2 });
  // The log of the database is written back when it ends.
  expect(await server.stop()).toBe(0);
  expect(filesWith(server, PROMPT)).toEqual([]);
});
