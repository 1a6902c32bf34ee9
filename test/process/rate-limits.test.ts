import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { completion } from "../../src/testing/openai-replies.ts";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { KEY, providerEntry, type ServerProcess, startServer } from "./server.ts";

let upstream: ScriptedUpstream;
let server: ServerProcess;

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("*", (_, answer) => answer.json(200, completion("m", "fine")));
});
beforeEach(async () => {
  server = await startServer({ config: { providers: [providerEntry("one", upstream.baseUrl, ["m"])] } });
});
afterEach(async () => {
  expect(await server.stop()).toBe(0);
});
afterAll(() => upstream.stop());

async function manage(method: string, path: string, body: object) {
  const reply = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}` },
    body: JSON.stringify(body),
  });
  expect(reply.status).toBe(method === "POST" ? 201 : 200);
  return JSON.parse(await reply.text());
}

const chat = (secret: string) => server.chat("m", {}, { headers: { authorization: `Bearer ${secret}` } });
const statusOf = async (secret: string) => (await chat(secret)).status;

test("limits that are set, loosened and taken away while it runs count from the next request on", async () => {
  const org = await manage("POST", "/orgs", { name: "Research" });
  const one = await manage("POST", "/keys", { name: "one", org_id: org.id });
  const two = await manage("POST", "/keys", { name: "two", org_id: org.id });
  expect(await statusOf(one.key)).toBe(200);
  const changes: [string, object | null, number[]][] = [
    [`/keys/${one.id}`, { rpm: 0 }, [429, 200]],
    [`/keys/${one.id}`, { rpm: 2 }, [200, 200]],
    [`/orgs/${org.id}`, { max_parallel: 0 }, [429, 429]],
    [`/orgs/${org.id}`, { tpm: 1 }, [429, 429]],
    [`/orgs/${org.id}`, null, [200, 200]],
    // Two went through under `rpm: 2`; what the organization refused did not count.
    [`/keys/${one.id}`, { rpm: 2 }, [429, 200]],
    [`/keys/${one.id}`, null, [200, 200]],
  ];
  for (const [path, rate_limit, statuses] of changes) {
    const shown = await manage("PATCH", path, { rate_limit });
    expect(shown.rate_limit).toEqual(
      rate_limit && { rpm: null, tpm: null, max_parallel: null, ...rate_limit },
    );
    expect([path, rate_limit, await statusOf(one.key), await statusOf(two.key)]).toEqual([
      path,
      rate_limit,
      ...statuses,
    ]);
  }
});

test("a restart keeps the limits and forgets what was counted", async () => {
  const { id, key } = await manage("POST", "/keys", { name: "kept", rate_limit: { rpm: 1 } });
  expect([await statusOf(key), await statusOf(key)]).toEqual([200, 429]);
  expect(await server.stop()).toBe(0);
  server = await startServer({
    folder: server.folder,
    config: { providers: [providerEntry("one", upstream.baseUrl, ["m"])] },
  });
  const reply = await chat(key);
  expect([reply.status, reply.headers.get("x-ratelimit-limit-requests")]).toEqual([200, "1"]);
  expect(await statusOf(key)).toBe(429);
  const shown = JSON.parse(await (await server.get(`/api/v1/keys/${id}`)).text());
  expect(shown.rate_limit).toEqual({ rpm: 1, tpm: null, max_parallel: null });
});
