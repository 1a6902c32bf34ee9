import { describe, expect, test } from "bun:test";
import { PRESETS, presetOf } from "./list.ts";

const PRESET_FIELDS = [
  "id",
  "name",
  "docs",
  "dialect",
  "baseUrl",
  "auth",
  "paths",
  "keyEnv",
  "local",
  "port",
  "headers",
  "quirks",
  "priceId",
  "takesMetadata",
];
const QUIRKS = ["rename", "drop", "streamUsage"];

test("every provider the product promises is there, once", () => {
  const ids = PRESETS.map((preset) => preset.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual([
    "alibaba",
    "azure",
    "cerebras",
    "deepseek",
    "fireworks",
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
    "vllm",
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

  test("has chat and paths that begin with a slash", () => {
    expect(preset.paths.chat).toBeString();
    for (const path of Object.values(preset.paths)) expect(path).toMatch(/^\/[a-z]/);
  });

  test("links the provider's own documentation and holds no credential", () => {
    expect(preset.docs).toMatch(/^https:\/\//);
    expect(JSON.stringify(preset)).not.toMatch(/sk-|Bearer [A-Za-z0-9]/);
  });

  test("has a key variable if remote, and a port that its address uses if local", () => {
    if (preset.local) {
      expect(preset.keyEnv).toBeNull();
      expect(new URL(preset.baseUrl).port).toBe(String(preset.port));
      expect(preset.paths.models).toBeString();
    } else {
      expect(preset.keyEnv).toMatch(/^[A-Z][A-Z0-9_]*_(API_KEY|TOKEN)$/);
      expect(preset.port).toBeUndefined();
    }
  });
});

test("no two presets share a key variable or a port", () => {
  const keys = PRESETS.flatMap((preset) => preset.keyEnv ?? []);
  const ports = PRESETS.flatMap((preset) => preset.port ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(ports).size).toBe(ports.length);
});

test("an unknown id is null, also where objects have a property of that name", () => {
  for (const id of ["", "constructor", "__proto__", "OpenAI"]) expect(presetOf(id)).toBeNull();
});
