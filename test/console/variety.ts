import type { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import type { ServerProcess } from "../process/server.ts";

/** Requests of every kind that a page can show: answered, by fallback, failed, refused, of an industry, unpriced. */

const answerOf = (model: string) => ({
  ...{ id: "c1", object: "chat.completion", created: 1, model },
  choices: [{ index: 0, message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
});

export function varietyConfig(upstream: ScriptedUpstream): object {
  upstream.on("*", ({ body }, answer) => answer.json(200, answerOf(String(body.model))));
  upstream.on("busy", (_, answer) => answer.json(503, { error: { message: "<script>overloaded</script>" } }));
  const provider = (id: string, models: object[]) => ({
    id,
    base_url: upstream.baseUrl,
    local: true,
    models,
  });
  const price = { input: 10, output: 20 };
  return {
    providers: [
      provider("first", [
        { id: "shared", upstream: "busy", price: { input: 1, output: 2 }, quality: 80 },
        { id: "always-busy", upstream: "busy", price },
      ]),
      provider("second", [
        { id: "shared", price, quality: 80, context: 128_000, capabilities: ["tools"] },
        { id: "plain", price },
      ]),
    ],
    aliases: { quick: "plain" },
    industries: { legal: ["plain"] },
    rules: [{ name: "stays-local", priority: 10, when: { industry: "legal" }, then: { only_local: true } }],
    // One attempt after the other, whatever happened before: the rows are the same each time.
    routing: { max_attempts: 3 },
  };
}

const MODELS = [
  "shared",
  "plain",
  "quick",
  "industry:legal",
  "always-busy",
  "nowhere",
  '<b onclick="x">bold</b>',
];

/** Returns the id of the first request, the one that came to its answer by a fallback. */
export async function sendVariety(server: ServerProcess, key: string): Promise<string> {
  const ids: string[] = [];
  for (const model of MODELS) ids.push((await server.chat(model)).headers.get("x-request-id") ?? "");
  const made = await fetch(`${server.url}/api/v1/keys`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "small purse", budget: { limit_usd: "0.004" }, rate_limit: { rpm: 60 } }),
  });
  const secret: string = JSON.parse(await made.text()).key;
  for (let sent = 0; sent < 3; sent++)
    await server.chat(
      "plain",
      {},
      { headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" } },
    );
  return ids[0] ?? "";
}
