import { describe, expect, test } from "bun:test";
import type { Provider } from "../contract.ts";
import { openaiDialect } from "../dialects/openai/dialect.ts";
import { prepareCall } from "../prepared-call.ts";
import { buildProvider } from "./build.ts";
import { DIALECT_WAYS } from "./dialect-ways.ts";
import { presetOf } from "./list.ts";
import type { ProviderSettings } from "./provider-settings.ts";

const UNTOLD: ProviderSettings = {
  id: "p",
  dialect: null,
  baseUrl: null,
  apiKey: "secret-key-1",
  local: null,
  timeouts: {},
  auth: {},
  headers: {},
  takesMetadata: null,
};

function built(presetId: string | null, told: Partial<ProviderSettings> = {}): Provider {
  const provider = buildProvider({ ...UNTOLD, ...told }, presetId === null ? null : presetOf(presetId));
  if ("problem" in provider) throw new Error(provider.problem);
  return provider;
}

const problemOf = (presetId: string | null, told: Partial<ProviderSettings>) => {
  const result = buildProvider({ ...UNTOLD, ...told }, presetId === null ? null : presetOf(presetId));
  return "problem" in result ? result.problem : "it was built";
};

/** The URL a chat goes to, and the headers that carry the key. */
function chatOf(provider: Provider, model = "m") {
  const { url, headers } = prepareCall(provider, provider.paths.chat ?? "", model);
  const holders = Object.entries(headers).filter(([, value]) => value.includes("secret-key-1"));
  return { url: url.href, key: holders.map(([name]) => name), headers };
}

const google = { apiKey: null, auth: { project: "my-project", credentials_file: "/k.json" } };

describe("a preset's chat goes to", () => {
  test.each([
    ["anthropic", {}, "https://api.anthropic.com/v1/messages", ["x-api-key"]],
    [
      "gemini",
      {},
      "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent",
      ["x-goog-api-key"],
    ],
    [
      "bedrock",
      { auth: { region: "eu-central-1" } },
      "https://bedrock-runtime.eu-central-1.amazonaws.com/model/m/converse",
      ["authorization"],
    ],
    ["cohere", {}, "https://api.cohere.ai/compatibility/v1/chat/completions", ["authorization"]],
    ["ollama", {}, "http://127.0.0.1:11434/api/chat", ["authorization"]],
    ["ollama", { apiKey: null }, "http://127.0.0.1:11434/api/chat", []],
  ] as const)("%s %j: %s", (preset, told, url, key) => {
    expect(chatOf(built(preset, told))).toMatchObject({ url, key: [...key] });
  });

  test.each([
    ["europe-west4", "europe-west4-aiplatform.googleapis.com"],
    ["global", "aiplatform.googleapis.com"],
    ["eu", "aiplatform.eu.rep.googleapis.com"],
    ["us", "aiplatform.us.rep.googleapis.com"],
  ])("Vertex in %s", (location, host) => {
    const provider = built("vertex", { ...google, auth: { ...google.auth, location } });
    expect(chatOf(provider).url).toBe(
      `https://${host}/v1/projects/my-project/locations/${location}/publishers/google/models/m:generateContent`,
    );
    expect(provider).toMatchObject({ dialect: "gemini", auth: { kind: "credentials" } });
  });

  test("the version that Anthropic's API was built for is told", () => {
    expect(chatOf(built("anthropic")).headers["anthropic-version"]).toBe("2023-06-01");
    const own = built("anthropic", { headers: { "Anthropic-Version": "2030-01-01" } });
    expect(chatOf(own).headers["anthropic-version"]).toBe("2030-01-01");
  });
});

describe("Ollama speaks", () => {
  test.each([
    [{ baseUrl: "http://10.0.0.5:11434" }, "ollama", "http://10.0.0.5:11434/api/chat"],
    [{ baseUrl: "http://10.0.0.5:11434/" }, "ollama", "http://10.0.0.5:11434/api/chat"],
    [{ baseUrl: "http://10.0.0.5:11434/api" }, "ollama", "http://10.0.0.5:11434/api/chat"],
    [{ baseUrl: "http://10.0.0.5:11434/v1/" }, "openai", "http://10.0.0.5:11434/v1/chat/completions"],
    [{ dialect: "openai" }, "openai", "http://127.0.0.1:11434/v1/chat/completions"],
    [{ dialect: "ollama", baseUrl: "http://10.0.0.5:11434/v1" }, "ollama", "http://10.0.0.5:11434/api/chat"],
  ] as const)("%j: %s", (told, dialect, url) => {
    const provider = built("ollama", told);
    expect(provider.dialect).toBe(dialect);
    expect(chatOf(provider).url).toBe(url);
    expect(provider.quirks.rename).toEqual(
      dialect === "openai" ? { max_completion_tokens: "max_tokens" } : undefined,
    );
    expect(provider.paths.models).toBe(dialect === "openai" ? "/models" : "/api/tags");
  });
});

describe("what Ollama's OpenAI port passes over in silence", () => {
  const { quirks } = built("ollama", { dialect: "openai" });
  const target = { upstreamModel: "qwen3:8b", quirks, takesMetadata: false, attachments: new Map() };
  const encoded = (field: Record<string, unknown>) =>
    openaiDialect.encodeChat({ model: "m", messages: [], ...field }, target);

  test.each([
    ["n", 2],
    ["tool_choice", "required"],
    ["tool_choice", "none"],
    ["tool_choice", { type: "function", function: { name: "f" } }],
    ["tool_choice", { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } }],
  ])("%s %j is refused: the answer would be another one", (field, value) => {
    expect(encoded({ [field]: value })).toMatchObject({ unsupported: field });
  });

  test.each([
    ["logit_bias", { 1: 5 }],
    ["parallel_tool_calls", false],
    ["user", "u"],
  ])("%s %j is dropped and named", (field, value) => {
    const wire = encoded({ [field]: value });
    if ("unsupported" in wire) throw new Error(wire.why);
    expect(JSON.parse(wire.body)).not.toHaveProperty(field);
    expect(wire.dropped).toEqual([field]);
  });
});

describe("a server of the operator's own, by its dialect alone", () => {
  const at = "https://gpu.example";
  test.each([
    ["openai", `${at}/v1`, `${at}/v1/chat/completions`, "authorization"],
    ["anthropic", at, `${at}/v1/messages`, "x-api-key"],
    ["anthropic", `${at}/v1`, `${at}/v1/messages`, "x-api-key"],
    ["anthropic", `${at}/api/anthropic/`, `${at}/api/anthropic/v1/messages`, "x-api-key"],
    ["gemini", `${at}/v1beta`, `${at}/v1beta/models/m:generateContent`, "x-goog-api-key"],
    ["ollama", at, `${at}/api/chat`, "authorization"],
    ["bedrock", at, `${at}/model/m/converse`, "authorization"],
  ])("%s at %s: %s", (dialect, baseUrl, url, key) => {
    const provider = built(null, { dialect, baseUrl });
    expect(chatOf(provider)).toMatchObject({ url, key: [key] });
    expect(provider).toMatchObject({ dialect, presetId: null, local: false });
    expect(chatOf(provider).headers["anthropic-version"]).toBe(
      dialect === "anthropic" ? "2023-06-01" : undefined,
    );
  });

  test("a preset that is told another dialect is greeted in that one's way, at the address told", () => {
    const baseUrl = "https://api.deepseek.com/anthropic";
    const provider = built("deepseek", { dialect: "anthropic", baseUrl });
    expect(chatOf(provider)).toMatchObject({ url: `${baseUrl}/v1/messages`, key: ["x-api-key"] });
    expect(provider).toMatchObject({ presetId: "deepseek", quirks: {} });
  });

  test("but not at its own address, where only its own dialect is spoken", () => {
    expect(problemOf("deepseek", { dialect: "anthropic" })).toBe(
      "provider p needs its own base_url to speak the dialect anthropic",
    );
  });
});

describe("a mistake is told with the setting's name and no value", () => {
  test.each([
    ["bedrock", {}, "needs auth.region (or AWS_REGION), or its own base_url"],
    [
      "bedrock",
      { auth: { region: "evil.example/" } },
      "has an auth.region that cannot be part of an address",
    ],
    ["bedrock", { auth: { regoin: "eu-west-1" } }, "does not use auth.regoin; did you mean region?"],
    ["vertex", { apiKey: null, auth: {} }, "needs auth.location (or GOOGLE_CLOUD_LOCATION)"],
    ["vertex", { apiKey: null, auth: { location: "eu" } }, "needs auth.project (or GOOGLE_CLOUD_PROJECT)"],
    ["anthropic", { auth: { region: "eu-west-1" } }, "does not use auth.region"],
    ["azure", { auth: { tenant: "t" } }, "does not use auth.tenant; did you mean tenant_id?"],
    [null, { dialect: "telepathy" }, "openai, anthropic, gemini, ollama, bedrock"],
  ] as const)("%p %j", (preset, told, sentence) => {
    const problem = problemOf(preset, told);
    expect(problem).toContain(sentence);
    for (const value of ["evil.example", "eu-west-1", "secret-key-1"]) expect(problem).not.toContain(value);
  });

  test("and by its place in the config, where that is known", () => {
    const result = buildProvider(UNTOLD, presetOf("bedrock"), "providers[2]");
    expect(result).toEqual({
      problem: "providers[2] needs auth.region (or AWS_REGION), or its own base_url",
    });
  });
});

test("every dialect has a way to be greeted that needs no preset", () => {
  for (const ways of Object.values(DIALECT_WAYS)) {
    expect(ways.paths.chat).toStartWith("/");
    expect(ways.auth.kind).toMatch(/^(bearer|header)$/);
  }
});
