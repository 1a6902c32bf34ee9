import { afterAll, beforeAll, expect, test } from "bun:test";
import { streamEvents } from "../../src/testing/openai-replies.ts";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { KEY, PROMPT, providerEntry, startServer, UPSTREAM_SECRET } from "./server.ts";

/** Upstreams that quote what they were sent: nothing of it may reach the log, and of our key nothing the client. */

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
});
afterAll(() => upstream.stop());

const quoting = `You sent ${UPSTREAM_SECRET} and "${PROMPT}"`;
const [role = "", word = ""] = streamEvents("m", ["word"]);

const LOUD: Record<string, Parameters<ScriptedUpstream["on"]>[1]> = {
  unauthorized: (_, answer) => answer.json(401, { error: { message: quoting, code: "invalid_api_key" } }),
  refused: (_, answer) => answer.json(400, { error: { message: quoting, param: quoting, code: quoting } }),
  broken: (_, answer) => answer.json(500, quoting),
  limited: (_, answer) => answer.json(429, { error: { message: quoting } }, { "retry-after": "1" }),
  odd: (_, answer) => answer.json(200, `${quoting} {`),
  cut: (_, answer) => {
    answer.startStream();
    answer.chunk(`${role}${word}data: {"error":{"message":${JSON.stringify(quoting)}}}\n\n`);
    answer.endStream();
  },
  noise: (_, answer) => {
    answer.raw(`${quoting}\r\n\r\n`);
    answer.cut();
  },
};
const models = Object.keys(LOUD);

test("at its most talkative the log holds no key, no header and no prompt, and the client no key of ours", async () => {
  for (const [model, script] of Object.entries(LOUD)) upstream.on(model, script);
  const config = { providers: [providerEntry("one", upstream.baseUrl, models)] };
  const server = await startServer({ config, env: { NYURO_LOG_LEVEL: "trace" } });
  for (const model of models) {
    for (const stream of [false, true, true]) {
      const response = await server.chat(model, { stream });
      const told = `${JSON.stringify([...response.headers])} ${await response.text()}`;
      expect(told).not.toContain(UPSTREAM_SECRET);
      expect(told).not.toContain(KEY);
    }
  }
  for (const path of ["/api/v1/providers", "/api/v1/keys", "/api/v1/logs", "/metrics"]) {
    const told = await (await server.get(path)).text();
    for (const secret of [UPSTREAM_SECRET, KEY, PROMPT]) expect(told).not.toContain(secret);
  }
  expect((await server.chat("refused", {}, { body: `{"messages": "${PROMPT}` })).status).toBe(400);
  expect((await server.get("/v1/models", `${KEY}x`)).status).toBe(401);
  expect(await server.stop()).toBe(0);
  expect(server.err.split("\n").length).toBeGreaterThan(models.length / 2);
  for (const line of server.err.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("msg");
  for (const secret of [UPSTREAM_SECRET, KEY, PROMPT, "sk-upstream", "neu_live"]) {
    expect(server.err).not.toContain(secret);
  }
});
