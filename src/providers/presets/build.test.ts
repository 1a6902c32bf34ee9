import { describe, expect, test } from "bun:test";
import type { Provider } from "../contract.ts";
import { buildProvider } from "./build.ts";
import { presetOf } from "./list.ts";
import { OPENAI_MODELS } from "./openai-ways.ts";
import type { ProviderSettings } from "./provider-settings.ts";

function settings(told: Partial<ProviderSettings>): ProviderSettings {
  return {
    id: "p",
    dialect: null,
    baseUrl: null,
    apiKey: "secret-key-1",
    local: null,
    timeouts: {},
    auth: {},
    headers: {},
    takesMetadata: null,
    ...told,
  };
}

function built(told: Partial<ProviderSettings>, presetId: string | null): Provider {
  const provider = buildProvider(settings(told), presetId === null ? null : presetOf(presetId));
  if ("problem" in provider) throw new Error(provider.problem);
  return provider;
}

test("a preset without settings is ready to be called, with the default timeouts", () => {
  expect(built({ id: "openai" }, "openai")).toEqual({
    id: "openai",
    presetId: "openai",
    dialect: "openai",
    baseUrl: "https://api.openai.com/v1",
    auth: { kind: "bearer" },
    apiKey: "secret-key-1",
    credentials: null,
    paths: { chat: "/chat/completions", embeddings: "/embeddings", models: "/models" },
    headers: {},
    query: {},
    quirks: OPENAI_MODELS,
    local: false,
    takesMetadata: false,
    embeddingBatch: 2048,
    timeouts: { connectMs: 5000, firstContentMs: 120_000, idleMs: 60_000, totalMs: 600_000 },
  });
});

test.each([
  ["mistral", {}, 256],
  ["gemini", {}, 100],
  [null, { dialect: "gemini", baseUrl: "https://proxy.example/v1beta" }, 100],
  ["openai", { dialect: "ollama", baseUrl: "https://proxy.example" }, undefined],
  [null, { baseUrl: "https://proxy.example/v1" }, undefined],
] as const)("%p with %p embeds %p inputs a call: the limit is the preset's, or its dialect's", (preset, told, most) => {
  expect(built(told, preset).embeddingBatch).toBe(most);
});

test("a server of the operator's own speaks OpenAI's API at its base URL", () => {
  const provider = built({ baseUrl: "http://10.0.0.5:8000/v1//", local: true, apiKey: null }, null);
  expect(provider).toMatchObject({
    presetId: null,
    baseUrl: "http://10.0.0.5:8000/v1",
    local: true,
    apiKey: null,
  });
  expect(provider.paths.models).toBe("/models");
});

test("settings win over the preset, one by one", () => {
  const provider = built(
    {
      baseUrl: "https://eu.api.example.com/v1/",
      timeouts: { idleMs: 9 },
      local: true,
      takesMetadata: true,
      headers: { "OpenAI-Organization": "org-1", "X-A": "b" },
    },
    "openai",
  );
  expect(provider.baseUrl).toBe("https://eu.api.example.com/v1");
  expect(provider.timeouts).toEqual({
    connectMs: 5000,
    firstContentMs: 120_000,
    idleMs: 9,
    totalMs: 600_000,
  });
  expect(provider.headers).toEqual({ "openai-organization": "org-1", "x-a": "b" });
  expect([provider.local, provider.takesMetadata]).toEqual([true, true]);
});

test("a timeout that is present but undefined keeps its default", () => {
  expect(built({ timeouts: { totalMs: undefined } }, "groq").timeouts.totalMs).toBe(600_000);
});

describe("both addresses of Azure", () => {
  const v1Paths = { chat: "/chat/completions", embeddings: "/embeddings" };
  const classicPaths = {
    chat: "/deployments/{model}/chat/completions",
    embeddings: "/deployments/{model}/embeddings",
  };
  const host = "https://acme.openai.azure.com";
  test.each([
    ["resource only", { auth: { resource: "acme" } }, `${host}/openai/v1`, v1Paths, {}],
    ["v1 by base_url", { baseUrl: `${host}/openai/v1/` }, `${host}/openai/v1`, v1Paths, {}],
    [
      "v1 preview",
      { baseUrl: `${host}/openai/v1`, auth: { api_version: "preview" } },
      `${host}/openai/v1`,
      v1Paths,
      { "api-version": "preview" },
    ],
    [
      "resource with a dated version",
      { auth: { resource: "acme", api_version: "2025-01-01-preview" } },
      `${host}/openai`,
      classicPaths,
      { "api-version": "2025-01-01-preview" },
    ],
    ["host only", { baseUrl: host }, `${host}/openai`, classicPaths, { "api-version": "2024-10-21" }],
    [
      "host with /openai",
      { baseUrl: `${host}/openai/` },
      `${host}/openai`,
      classicPaths,
      { "api-version": "2024-10-21" },
    ],
    [
      "one deployment",
      { baseUrl: `${host}/openai/deployments/my-gpt` },
      `${host}/openai/deployments/my-gpt`,
      v1Paths,
      { "api-version": "2024-10-21" },
    ],
    [
      "resource beside a base_url",
      { baseUrl: `${host}/openai/v1`, auth: { resource: "acme" } },
      `${host}/openai/v1`,
      v1Paths,
      {},
    ],
  ] as const)("%s", (_, told, baseUrl, paths, query) => {
    const provider = built({ id: "azure", ...told }, "azure");
    expect({ baseUrl: provider.baseUrl, paths: provider.paths, query: provider.query }).toEqual({
      baseUrl,
      paths: { ...paths },
      query,
    });
    expect(provider.auth).toEqual({ kind: "header", name: "api-key" });
  });
});

describe("a mistake is a sentence that names the setting and never a value", () => {
  test.each([
    ["azure", {}, "provider p needs auth.resource, or its own base_url"],
    [
      "azure",
      { auth: { resource: "evil.example/#" } },
      "has an auth.resource that cannot be part of an address",
    ],
    ["azure", { auth: { resource: "a.b" } }, "has an auth.resource that cannot be part of an address"],
    [
      "azure",
      { auth: { resource: "acme", client_secret: "hush" } },
      "has an api_key and auth.client_secret, of which only one can be sent",
    ],
    ["openai", { auth: { api_version: "2024-10-21" } }, "does not use auth.api_version"],
    ["openai", { dialect: "telepathy" }, "speaks the dialect telepathy"],
    ["openai", { baseUrl: "not an address" }, "has a base_url that is no address"],
    [null, {}, "needs a base_url or a preset"],
  ] as const)("%s %j", (presetId, told, sentence) => {
    const result = buildProvider(settings(told), presetId === null ? null : presetOf(presetId));
    const problem = "problem" in result ? result.problem : "it was built";
    expect(problem).toContain(sentence);
    for (const secret of ["secret-key-1", "hush", "evil.example"]) expect(problem).not.toContain(secret);
  });
});
