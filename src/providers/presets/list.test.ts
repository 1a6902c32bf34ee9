import { describe, expect, test } from "bun:test";
import { keyVariables } from "./from-environment.ts";
import { PRESETS, presetOf } from "./list.ts";

const PRESET_FIELDS = [
  "id",
  "name",
  "docs",
  "dialect",
  "baseUrl",
  "auth",
  "login",
  "paths",
  "keyEnv",
  "otherKeyEnvs",
  "slotEnvs",
  "local",
  "port",
  "headers",
  "quirks",
  "priceId",
  "takesMetadata",
  "embeddingBatch",
];
const QUIRKS = [
  "rename",
  "drop",
  "values",
  "byModel",
  "refuse",
  "roles",
  "messageFields",
  "replay",
  "needsReasoning",
  "toolCallIds",
  "inlineImages",
  "embeddings",
  "streamUsage",
];

test("every provider the product promises is there, once", () => {
  const ids = PRESETS.map((preset) => preset.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual([
    "alibaba",
    "anthropic",
    "azure",
    "bedrock",
    "cerebras",
    "cohere",
    "deepseek",
    "fireworks",
    "gemini",
    "groq",
    "huggingface",
    "llamacpp",
    "lmstudio",
    "mistral",
    "moonshot",
    "nebius",
    "nvidia",
    "ollama",
    "openai",
    "openrouter",
    "perplexity",
    "sambanova",
    "together",
    "vertex",
    "vllm",
    "voyage",
    "xai",
    "zai",
  ]);
});

describe.each(PRESETS.map((preset) => [preset.id, preset] as const))("preset %s", (id, preset) => {
  test("is found by its id, which can be a provider id", () => {
    expect(presetOf(id)).toBe(preset);
    expect(id).toMatch(/^[a-z0-9][a-z0-9._-]{0,62}$/);
  });

  test("has only the fields and quirks of the closed lists", () => {
    expect(Object.keys(preset).filter((field) => !PRESET_FIELDS.includes(field))).toEqual([]);
    expect(Object.keys(preset.quirks ?? {}).filter((quirk) => !QUIRKS.includes(quirk))).toEqual([]);
  });

  test("never sends a key over plain HTTP, except on this machine", () => {
    const url = new URL(preset.baseUrl.replace(/\{[a-z_]+\}/g, "slot"));
    expect(url.protocol).toBe(preset.local ? "http:" : "https:");
    if (preset.local) expect(url.hostname).toBe("127.0.0.1");
    expect(preset.baseUrl).not.toEndWith("/");
    expect(url.search + url.hash + url.username).toBe("");
  });

  test("has chat or embeddings, and paths that begin with a slash", () => {
    expect(preset.paths.chat ?? preset.paths.embeddings).toBeString();
    for (const path of Object.values(preset.paths)) expect(path).toMatch(/^\/[a-z]/);
  });

  test("links the provider's own documentation and holds no credential", () => {
    expect(preset.docs).toMatch(/^https:\/\//);
    expect(JSON.stringify(preset)).not.toMatch(/sk-|Bearer [A-Za-z0-9]/);
  });

  test("says from which variables its slots are filled, and fills nothing else", () => {
    const slots = [...preset.baseUrl.matchAll(/\{([a-z_]+)\}/g)].map(([, slot = ""]) => slot);
    for (const slot of Object.keys(preset.slotEnvs ?? {})) expect(slots).toContain(slot);
  });

  test("has a key variable or a login if remote, and a port that its address uses if local", () => {
    if (preset.local) {
      expect(preset.keyEnv).toBeNull();
      expect(new URL(preset.baseUrl).port).toBe(String(preset.port));
      expect(preset.paths.models).toBeString();
    } else {
      const names = keyVariables(preset);
      for (const name of names) expect(name).toMatch(/^[A-Z][A-Z0-9_]*_(API_KEY|TOKEN|TOKEN_BEDROCK)$/);
      expect(names.length > 0).toBe(preset.auth.kind !== "credentials");
      if (preset.auth.kind === "credentials") expect(preset.login).toBeString();
      expect(preset.port).toBeUndefined();
    }
  });
});

test("no two presets share a key variable or a port", () => {
  const keys = PRESETS.flatMap(keyVariables);
  const ports = PRESETS.flatMap((preset) => preset.port ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(ports).size).toBe(ports.length);
});

test("an unknown id is null, also where objects have a property of that name", () => {
  for (const id of ["", "constructor", "__proto__", "OpenAI"]) expect(presetOf(id)).toBeNull();
});
