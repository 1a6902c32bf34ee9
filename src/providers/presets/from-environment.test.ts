import { describe, expect, test } from "bun:test";
import { keyVariables, withEnvironment } from "./from-environment.ts";
import { presetOf } from "./list.ts";
import type { ProviderSettings } from "./provider-settings.ts";

const UNTOLD: ProviderSettings = {
  id: "p",
  dialect: null,
  baseUrl: null,
  apiKey: null,
  local: null,
  timeouts: {},
  auth: {},
  headers: {},
  takesMetadata: null,
};

function filled(presetId: string, variables: Record<string, string>, told: Partial<ProviderSettings> = {}) {
  const settings = { ...UNTOLD, ...told };
  const { apiKey, auth } = withEnvironment(settings, presetOf(presetId), (name) => variables[name] ?? null);
  return { apiKey, auth };
}

const AWS = { AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "hush-1" };
const region = "eu-west-1";
const PAIR = { access_key_id: "AKIA1", secret_access_key: "hush-1" };

describe("the environment fills in", () => {
  test.each([
    ["openai", { OPENAI_API_KEY: "k" }, "k", {}],
    ["gemini", { GEMINI_API_KEY: "k", GOOGLE_API_KEY: "other" }, "k", {}],
    ["gemini", { GOOGLE_API_KEY: "k" }, "k", {}],
    ["cohere", { COHERE_API_KEY: "k" }, "k", {}],
    ["bedrock", AWS, null, { region, ...PAIR }],
    ["bedrock", { ...AWS, AWS_BEARER_TOKEN_BEDROCK: "k" }, "k", { region }],
    ["bedrock", { AWS_DEFAULT_REGION: region, AWS_PROFILE: "work" }, null, { region, profile: "work" }],
    [
      "vertex",
      { GOOGLE_CLOUD_PROJECT: "p-1", GOOGLE_CLOUD_LOCATION: "eu", GOOGLE_APPLICATION_CREDENTIALS: "/k.json" },
      null,
      { project: "p-1", location: "eu", credentials_file: "/k.json" },
    ],
    ["azure", { AZURE_OPENAI_API_KEY: "k", AZURE_TENANT_ID: "t" }, "k", {}],
    [
      "azure",
      { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c", AZURE_CLIENT_SECRET: "s" },
      null,
      { tenant_id: "t", client_id: "c", client_secret: "s" },
    ],
  ] as const)("%s from %j", (preset, variables, apiKey, auth) => {
    expect(filled(preset, variables)).toEqual({ apiKey, auth });
  });
});

describe("what the operator told stays, and no credential is added to it", () => {
  test.each([
    ["an own key", "openai", { OPENAI_API_KEY: "k" }, { apiKey: "own" }, "own", {}],
    ["an own key", "bedrock", AWS, { apiKey: "own" }, "own", { region }],
    [
      "an own profile",
      "bedrock",
      { ...AWS, AWS_BEARER_TOKEN_BEDROCK: "k" },
      { auth: { profile: "own" } },
      null,
      { profile: "own", region },
    ],
    [
      "half a pair, whose other half is not taken from elsewhere",
      "bedrock",
      AWS,
      { auth: { access_key_id: "own" } },
      null,
      { access_key_id: "own", region },
    ],
    [
      "an own region",
      "bedrock",
      AWS,
      { auth: { region: "us-east-1" } },
      null,
      { region: "us-east-1", ...PAIR },
    ],
    [
      "an own application",
      "azure",
      { AZURE_OPENAI_API_KEY: "k" },
      { auth: { tenant_id: "t", client_id: "c", client_secret: "s" } },
      null,
      { tenant_id: "t", client_id: "c", client_secret: "s" },
    ],
  ] as const)("%s for %s", (_, preset, variables, told, apiKey, auth) => {
    expect(filled(preset, variables, told)).toEqual({ apiKey, auth: { ...auth } });
  });

  test.each([
    ["openai", { OPENAI_API_KEY: "hush" }],
    ["bedrock", { ...AWS, AWS_BEARER_TOKEN_BEDROCK: "hush" }],
    ["vertex", { GOOGLE_APPLICATION_CREDENTIALS: "/k.json" }],
  ])("at another address %s gets no credential that was meant for its own", (preset, variables) => {
    const { apiKey, auth } = filled(preset, variables, { baseUrl: "https://elsewhere.example/v1" });
    expect(apiKey).toBeNull();
    expect(Object.keys(auth).filter((name) => name !== "region")).toEqual([]);
  });

  test("a server without a preset gets nothing", () => {
    expect(withEnvironment(UNTOLD, null, () => "hush")).toBe(UNTOLD);
  });
});

test("a preset's own variable is looked at first", () => {
  const names = (id: string) => {
    const preset = presetOf(id);
    return preset && keyVariables(preset);
  };
  expect(names("gemini")).toEqual(["GEMINI_API_KEY", "GOOGLE_API_KEY"]);
  expect(names("ollama")).toEqual([]);
});
