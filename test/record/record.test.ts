import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readEnvironment } from "../../src/config/env.ts";
import { isConfigProblem } from "../../src/config/problem.ts";
import type { DialectId } from "../../src/providers/contract.ts";
import { DIALECTS } from "../../src/providers/dialects/list.ts";
import { describeCases, expectRefusal } from "../../src/testing/dialect-laws.ts";
import { eventStream } from "../../src/testing/event-stream.ts";
import { type FixtureCase, fixtureCases } from "../../src/testing/fixtures.ts";
import { type Script, ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { relay, understand } from "../../src/testing/streams.ts";
import { temporaryDirectory } from "../../src/testing/temporary-directory.ts";
import { type RecordOptions, record } from "./record.ts";
import { PLANTED, type Planted, SCRIPTS } from "./scripted-answers.ts";

const upstream = await ScriptedUpstream.start();
afterAll(() => upstream.stop());
const cwd = temporaryDirectory();
const dialectsFolder = join(cwd, "dialects");

const KEYS: Planted = PLANTED;
const origin = `http://127.0.0.1:${upstream.port}`;
const provider = (id: string, dialect: DialectId, path: string, rest: object = {}) => ({
  ...{ id, dialect, base_url: `${origin}/${id}${path}`, api_key: KEYS.apiKey, local: true, ...rest },
});
const config = {
  providers: [
    provider("open", "openai", "/v1", { headers: { "x-proxy-token": KEYS.headerToken } }),
    provider("claude", "anthropic", "/v1", { models: [{ id: "sonnet", upstream: "claude-sonnet-4-5" }] }),
    provider("google", "gemini", "/v1beta"),
    provider("llama", "ollama", "", { models: [{ id: "small", upstream: "qwen3:0.6b", context: 4096 }] }),
    provider("amazon", "bedrock", ""),
  ],
};
writeFileSync(join(cwd, "nyuro.json"), JSON.stringify(config));

/** Answers by the model that is asked, wherever a dialect puts it. */
const answering: Script = (request, answer) => {
  const named = Object.keys(SCRIPTS).find((model) =>
    decodeURIComponent(request.path + request.text).includes(model),
  );
  const script = SCRIPTS[named ?? ""];
  if (!script) return answer.json(404, { error: { message: "no such model" } });
  return script(request, answer);
};
upstream.on("*", answering);

function run(options: RecordOptions, variables: Record<string, string> = {}) {
  const environment = readEnvironment(variables);
  if (isConfigProblem(environment)) throw new Error("the environment is refused");
  return record(options, { environment, cwd, dialectsFolder });
}

async function recorded(options: RecordOptions): Promise<void> {
  const done = await run(options, { OTHER: "x", GROQ_API_KEY: KEYS.otherKey });
  if ("problem" in done) throw new Error(`${options.provider}-${options.case}: ${done.problem}`);
}

await recorded({ provider: "open", case: "stream", model: "m-open-stream" });
await recorded({ provider: "open", case: "tools", model: "m-open-tools" });
await recorded({ provider: "open", case: "text", model: "m-open-refused" });
await recorded({ provider: "claude", case: "parallel-tools", model: "sonnet", stream: true });
await recorded({ provider: "claude", case: "error" });
await recorded({ provider: "google", case: "json-schema", model: "gemini-recorded" });
await recorded({ provider: "google", case: "text", model: "gemini-unfinished", stream: true });
await recorded({ provider: "llama", case: "reasoning", model: "small", stream: true });
await recorded({ provider: "amazon", case: "stream", model: "anthropic.recorded-v1:0" });

const folderOf = (dialect: DialectId) => join(dialectsFolder, dialect, "fixtures");
const read = (dialect: DialectId, name: string, file: string) =>
  readFileSync(join(folderOf(dialect), name, file), "utf8");
const json = (dialect: DialectId, name: string, file: string) => JSON.parse(read(dialect, name, file));

function eventsOf(dialect: DialectId): (it: FixtureCase) => string | null {
  return ({ name, stream }) => {
    const path = join(folderOf(dialect), name, "upstream.events.json");
    return existsSync(path) ? eventStream(JSON.parse(readFileSync(path, "utf8"))) : stream;
  };
}

for (const dialect of ["anthropic", "gemini", "ollama", "bedrock"] as const)
  describeCases(DIALECTS[dialect], fixtureCases(folderOf(dialect)), eventsOf(dialect));

describe("a case of OpenAI's dialect", () => {
  const cases = new Map(fixtureCases(folderOf("openai")).map((it) => [it.name, it]));
  const caseOf = (name: string): FixtureCase => {
    const it = cases.get(name);
    if (!it) throw new Error(`no case ${name}`);
    return it;
  };

  test("is a stream as it came, and says what the stream says", () => {
    const { stream, expected, request } = caseOf("open-stream");
    expect(request).toMatchObject({ model: "m-open-stream", stream: true });
    const options = { model: "m", id: "i", createdS: 1, showUsage: true };
    const { out, fault } = relay(DIALECTS.openai.streamReader(options), stream ?? "");
    expect(fault).toBeNull();
    const content = "Blue: äöü 😀\nask someone@example.com";
    expect(understand(out)).toMatchObject({ content, finishReason: "stop" });
    expect(expected).toMatchObject({ content, finishReason: "stop", usage: { input: 20, output: 9 } });
    expect(Buffer.from(stream ?? "", "latin1").toString()).toContain("\n\n: REDACTED\n\ndata: [DONE]\n\n");
  });

  test("keeps how the answer was written", () => {
    const text = read("openai", "open-tools", "upstream.json");
    expect(text).toStartWith(
      '{\n  "id": "chatcmpl-1",\n  "object": "chat.completion",\n  "created": 1790000000,\n',
    );
    expect(json("openai", "open-tools", "expected.json").toolCalls).toEqual([
      { id: "call_Ab1", name: "get_weather", arguments: '{"city":"Oslo","user_id":"someone@example.com"}' },
    ]);
  });

  test("is a refusal with its status and what it said of waiting", () => {
    const refused = caseOf("open-text");
    expect(refused.head).toEqual({
      status: 429,
      headers: { "content-type": "application/json", "retry-after": "20" },
    });
    expect(refused.expected).toMatchObject({ fault: "rate_limited", retryAfterMs: 20_000 });
    expectRefusal(DIALECTS.openai, refused, refused.expected);
  });
});

test("a case tells what was asked, of what, and what came of it", () => {
  expect(readdirSync(folderOf("anthropic"))).toEqual(["claude-error", "claude-parallel-tools-stream"]);
  expect(readdirSync(join(folderOf("bedrock"), "amazon-stream")).sort()).toEqual([
    ...["expected.json", "request.json", "target.json", "upstream.events.json", "upstream.head.json"],
  ]);
  expect(json("ollama", "llama-reasoning-stream", "target.json")).toEqual({
    upstreamModel: "qwen3:0.6b",
    maxOutputTokens: null,
    declaredContext: 4096,
  });
  expect(json("anthropic", "claude-parallel-tools-stream", "expected.json")).toMatchObject({
    sent: { model: "claude-sonnet-4-5", stream: true },
    toolCalls: [
      { id: "toolu_01A", name: "get_weather", arguments: '{"city":"Oslo"}' },
      { id: "toolu_01B", name: "get_weather", arguments: '{"city":"Rome"}' },
    ],
    finishReason: "tool_calls",
  });
  expect(json("anthropic", "claude-error", "expected.json").fault).toBe("model_missing");
  expect(json("gemini", "google-text-stream", "expected.json")).toMatchObject({
    content: "Because someone@example.com",
    fault: "interrupted",
  });
});

test("nothing of who asked is in any file", () => {
  const files = readdirSync(dialectsFolder, { recursive: true, encoding: "utf8" }).filter((it) =>
    it.includes("."),
  );
  expect(files.length).toBeGreaterThan(30);
  for (const file of files.filter((name) => /\.(?:json|sse|ndjson|txt)$/.test(name))) {
    const text = readFileSync(join(dialectsFolder, file), "utf8");
    for (const planted of Object.values(PLANTED)) {
      for (const form of [
        planted,
        JSON.stringify(planted).slice(1, -1),
        Buffer.from(planted).toString("base64"),
      ])
        if (text.includes(form)) throw new Error(`${file} holds ${form}`);
    }
    expect(text).not.toMatch(/127\.0\.0\.1|set-cookie|x-request-id|cf-ray|jane/i);
  }
});

test("the provider was shown the credential, and the recording was what it saw", () => {
  const asked = upstream.requests.find(({ path }) => path.startsWith("/open/v1/chat/completions"));
  expect(asked?.headers.authorization).toBe(`Bearer ${KEYS.apiKey}`);
  const { model, ...sent } = json("openai", "open-stream", "expected.json").sent;
  expect(asked?.body).toEqual({ ...sent, model });
});

test.each([
  ["a key that only the sum of the answer shows", "m-in-pieces", { stream: true }],
  ["a piece of the key", "m-half-masked", {}],
])("nothing is written while there is %s", async (_, model, rest) => {
  const done = await run({ provider: "open", case: "length", model, ...rest });
  expect(done).toEqual({ problem: expect.stringContaining("nothing was written: ") });
  expect(JSON.stringify(done)).toContain("still holds the key of open");
  expect(JSON.stringify(done)).not.toContain(KEYS.apiKey.slice(0, 8));
  expect(readdirSync(folderOf("openai")).filter((name) => name.includes("length"))).toEqual([]);
});

test("an answer without its end is none", async () => {
  const done = await run({ provider: "open", case: "length", model: "m-broken" });
  expect(done).toEqual({ problem: "the answer broke off before its end" });
  expect(existsSync(join(folderOf("openai"), "open-length"))).toBe(false);
});

const requestFile = join(cwd, "request.json");
writeFileSync(
  requestFile,
  JSON.stringify({ model: "m-open-tools", messages: [{ role: "user", content: KEYS.person }] }),
);

test("a request of one's own is recorded under any name, without who it speaks of", async () => {
  const done = await run({ provider: "open", case: "bug-17", request: "request.json" });
  expect(done).toMatchObject({ status: 200 });
  expect(json("openai", "open-bug-17", "request.json").messages).toEqual([
    { role: "user", content: "someone@example.com" },
  ]);
});

test("a case that is there is only replaced by force", async () => {
  const options = { provider: "open", case: "tools", model: "m-open-refused" };
  expect(await run(options)).toEqual({ problem: expect.stringContaining("is there already") });
  expect(json("openai", "open-tools", "upstream.head.json").status).toBe(200);
  expect(await run({ ...options, case: "reasoning", force: true })).toMatchObject({ status: 429 });
  const forced = await run({ ...options, case: "reasoning", model: "m-open-tools", force: true });
  expect(forced).toMatchObject({ status: 200 });
  expect(readdirSync(join(folderOf("openai"), "open-reasoning"))).not.toContain("upstream.txt");
});

test.each([
  ["an unknown provider", { provider: "opne", case: "text", model: "m" }, "no provider opne"],
  ["a preset without its key", { provider: "mistral", case: "text", model: "m" }, "set MISTRAL_API_KEY"],
  ["a preset that lacks more", { provider: "azure", case: "text", model: "m" }, "auth.resource"],
  ["an unknown case", { provider: "open", case: "poem", model: "m" }, "no request poem"],
  [
    "a name that leads elsewhere",
    { provider: "open", case: "../x", request: "request.json" },
    "cannot be the name",
  ],
  ["no model", { provider: "open", case: "text" }, "no model was named"],
  ["no request", { provider: "open", case: "x", request: "gone.json" }, "cannot be read (ENOENT)"],
  ["no such config", { provider: "open", case: "text", config: "gone.yaml" }, "does not exist"],
  [
    "a request that cannot be written",
    { provider: "claude", case: "n", request: "two.json" },
    "because of n",
  ],
] as [string, RecordOptions, string][])("%s is said, and nothing is called", async (_, options, words) => {
  writeFileSync(join(cwd, "two.json"), JSON.stringify({ n: 2, messages: [{ role: "user", content: "Hi" }] }));
  const before = upstream.requests.length;
  const done = await run(options);
  expect(done).toEqual({ problem: expect.stringContaining(words) });
  expect(upstream.requests.length).toBe(before);
});

test("the command ends with 1 and one sentence", () => {
  const main = join(import.meta.dir, "main.ts");
  const child = Bun.spawnSync([process.execPath, "--no-env-file", main, "no-such-provider", "text"], { cwd });
  expect(child.exitCode).toBe(1);
  expect(child.stderr.toString()).toMatch(/^record: there is no provider no-such-provider[^\n]*\n$/);
});
