import { describe, expect, test } from "bun:test";
import { type Environment, readEnvironment } from "../config/env.ts";
import { isConfigProblem } from "../config/problem.ts";
import { buildProvider } from "../providers/presets/build.ts";
import { presetOf } from "../providers/presets/list.ts";
import { catalogOf } from "../testing/catalog.ts";
import { demoProvider, describeProviders, providersFound } from "./providers.ts";

const SECRET = "sk-secret-of-the-environment";
const LOCAL = ["ollama", "vllm", "llamacpp", "lmstudio"];

function environmentOf(variables: Record<string, string>): Environment {
  const environment = readEnvironment(variables);
  if (isConfigProblem(environment)) throw new Error(environment.problems.join());
  return environment;
}

const found = (variables: Record<string, string>) =>
  providersFound(environmentOf(variables)).map(({ id, apiKey }) => ({ id, apiKey }));

test("with nothing set only the usual servers on loopback are looked for", () => {
  expect(
    found({ OPENAI_API_KEY: "" })
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...LOCAL].sort());
});

test("a provider whose variable is set is there by itself, with its key", () => {
  const others = found({ OPENAI_API_KEY: SECRET, GROQ_API_KEY: "g" }).filter(({ id }) => !LOCAL.includes(id));
  expect(others).toEqual([
    { id: "openai", apiKey: SECRET },
    { id: "groq", apiKey: "g" },
  ]);
});

test("a provider that needs more than a key is not found by its key alone", () => {
  expect(found({ AZURE_OPENAI_API_KEY: SECRET }).map(({ id }) => id)).not.toContain("azure");
});

test.each([
  [{ ANTHROPIC_API_KEY: SECRET }, ["anthropic"]],
  [{ GEMINI_API_KEY: SECRET }, ["gemini"]],
  [{ GOOGLE_API_KEY: SECRET }, ["gemini"]],
  [{ CO_API_KEY: SECRET, VOYAGE_API_KEY: SECRET }, ["cohere", "voyage"]],
  [{ AWS_BEARER_TOKEN_BEDROCK: SECRET, AWS_REGION: "eu-west-1" }, ["bedrock"]],
  [{ AWS_BEARER_TOKEN_BEDROCK: SECRET }, []],
  [{ AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: SECRET, AWS_REGION: "eu-west-1" }, []],
  [{ GOOGLE_APPLICATION_CREDENTIALS: "/k.json", GOOGLE_CLOUD_PROJECT: "p", GOOGLE_CLOUD_LOCATION: "eu" }, []],
] as [Record<string, string>, string[]][])("%j alone brings %j", (variables, ids) => {
  const remote = found(variables).filter(({ id }) => !LOCAL.includes(id));
  expect(remote).toEqual(ids.map((id) => ({ id, apiKey: SECRET })));
});

describe("the banner's line", () => {
  const described = (id: string, apiKey: string | null, variables: Record<string, string> = {}) => {
    const settings = {
      id,
      dialect: null,
      baseUrl: null,
      apiKey,
      local: null,
      timeouts: {},
      auth: {},
      headers: {},
      takesMetadata: null,
    };
    const provider = buildProvider(settings, presetOf(id) ?? null);
    if ("problem" in provider) throw new Error(provider.problem);
    const catalog = catalogOf([]);
    return describeProviders(
      [provider],
      { ...catalog, providerIds: new Set([id]) },
      environmentOf(variables),
    );
  };

  test.each([
    ["openai", SECRET, { OPENAI_API_KEY: SECRET }, "openai (OPENAI_API_KEY)"],
    ["openai", "from the file", { OPENAI_API_KEY: SECRET }, "openai"],
    ["openai", null, {}, "openai (no key: OPENAI_API_KEY is not set)"],
    ["ollama", null, {}, "ollama (http://127.0.0.1:11434)"],
    ["gemini", SECRET, { GOOGLE_API_KEY: SECRET }, "gemini (GOOGLE_API_KEY)"],
    ["gemini", null, {}, "gemini (no key: GEMINI_API_KEY is not set)"],
  ])("%s with the key %p", (id, apiKey, variables, line) => {
    expect(described(id, apiKey, variables)).toEqual([line]);
  });

  test("says plainly that the demo is simulated, and leaves out what serves nothing", () => {
    const catalog = { ...catalogOf([]), providerIds: new Set(["demo"]) };
    const shown = describeProviders(
      [demoProvider, { ...demoProvider, id: "gone" }],
      catalog,
      environmentOf({}),
    );
    expect(shown).toEqual(["demo (simulated: nothing real is configured)"]);
  });
});
