import { afterAll, beforeAll, expect, test } from "bun:test";
import { completion } from "../../src/testing/openai-replies.ts";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { isSignedWith, type WebhookReceiver, webhookReceiver } from "../../src/testing/webhook-receiver.ts";
import { KEY, providerEntry, type ServerProcess, startServer } from "./server.ts";

const SECRET = "the-secret-of-the-webhook";

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("m", (_, answer) => answer.json(200, completion("m", "fine", { prompt: 20, completion: 30 })));
});
afterAll(() => upstream.stop());

/** A request costs 140,000 nano-USD. */
function configOf(url: string, allow = ["127.0.0.0/8"]) {
  const model = { id: "m", price: { input: 1, output: 4 }, max_output: 30 };
  const provider = providerEntry("one", upstream.baseUrl, [], { models: [model] });
  return { providers: [provider], egress: { allow }, alerts: { webhook: { url, secret: SECRET } } };
}

async function keyWithBudget(server: ServerProcess, limit_usd: string): Promise<{ id: string; key: string }> {
  const reply = await fetch(`${server.url}/api/v1/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ name: "spender", budget: { limit_usd, alert_threshold: 0.5 } }),
  });
  return JSON.parse(await reply.text());
}

async function chatUntilRefused(server: ServerProcess, key: string): Promise<number> {
  const init = { headers: { authorization: `Bearer ${key}`, "content-type": "application/json" } };
  for (let answers = 0; ; answers++) if ((await server.chat("m", {}, init)).status === 402) return answers;
}

async function alertsOf(server: ServerProcess): Promise<{ id: string; band: unknown; key_id: string }[]> {
  return JSON.parse(await (await server.get("/api/v1/alerts")).text()).data.reverse();
}

const idsOf = ({ calls }: WebhookReceiver) => calls.map(({ headers }) => headers.get("webhook-id"));

test("a webhook that hangs holds up no request; killed, the next process delivers all of it under the same ids", async () => {
  const receiver = webhookReceiver();
  let hanging = 0;
  receiver.answer = () => {
    hanging += 1;
    return new Promise<never>(() => {});
  };
  const server = await startServer({ config: configOf(receiver.url) });
  const spender = await keyWithBudget(server, "0.0014");
  // Five reach the first band: whatever comes after, the call of the first alert is open.
  expect(await chatUntilRefused(server, spender.key)).toBeGreaterThanOrEqual(9);
  await receiver.called(1);
  expect(hanging).toBe(1);
  await server.until(/"band":"refused"/);
  const alerts = await alertsOf(server);
  expect(alerts.map(({ band }) => band).slice(0, 5)).toEqual([0.5, 0.6, 0.7, 0.8, 0.9]);
  expect(alerts.at(-1)?.band).toBe("refused");
  await server.kill();

  receiver.answer = () => new Response();
  const next = await startServer({ folder: server.folder, config: configOf(receiver.url) });
  expect(await chatUntilRefused(next, spender.key)).toBe(0);
  await receiver.called(1 + alerts.length);
  expect(idsOf(receiver)).toEqual([alerts[0]?.id ?? "", ...alerts.map(({ id }) => id)]);
  for (const call of receiver.calls) {
    expect(await isSignedWith(new TextEncoder().encode(SECRET), call)).toBe(true);
    expect(JSON.parse(call.body)).toMatchObject({ type: "budget.alert", key_id: spender.id });
    expect(call.body).not.toContain(spender.key.slice(15));
  }
  // The first 402 of this process was told before.
  expect(await alertsOf(next)).toEqual(alerts);
  await next.stop();
  for (const said of [server, next].map(({ out, err }) => out + err)) {
    for (const hidden of [SECRET, "in-the-address", spender.key.slice(15)])
      expect(said).not.toContain(hidden);
  }
  expect(next.err).not.toContain('"budget alert"');
}, 30_000);

test("a private address is not called until a reload allows it, and another address counts from a reload on", async () => {
  const [first, second] = [webhookReceiver(), webhookReceiver()];
  const localhost = configOf(first.url.replace("http://127.0.0.1", "https://localhost"), []);
  const server = await startServer({ config: localhost });
  const spender = await keyWithBudget(server, "0.0003");
  await chatUntilRefused(server, spender.key);
  await server.until(/budget alert not delivered yet/);
  expect(first.calls).toEqual([]);
  server.writeConfig(configOf(second.url));
  await server.until(/config reloaded/);
  const alerts = await alertsOf(server);
  await second.called(alerts.length);
  expect([...idsOf(second)].sort()).toEqual(alerts.map(({ id }) => id).sort());
  expect(first.calls).toEqual([]);
  await server.stop();
  expect(server.err).toContain("egress.allow");
  expect(server.err).not.toContain(SECRET);
}, 30_000);
