import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readEnvironment } from "./env.ts";
import { loadConfig } from "./load.ts";
import { isConfigProblem } from "./problem.ts";
import { configOf, KNOWN, problemsOf, type Scratch, scratch } from "./scratch.ts";

let files: Scratch;
beforeEach(() => {
  files = scratch();
});
afterEach(() => files.remove());

function load(env: Record<string, string> = {}, path?: string) {
  const environment = readEnvironment(env);
  if (isConfigProblem(environment)) throw new Error(environment.problems.join("\n"));
  return loadConfig({ environment, cwd: files.folder, path, known: KNOWN });
}

test("without a file the documented defaults count", () => {
  const { config, path, revision } = configOf(load());
  expect(path).toBeNull();
  expect(revision).toMatch(/^[0-9a-f]{12}$/);
  expect(config).toEqual({
    server: {
      host: "127.0.0.1",
      port: 4210,
      publicOrigin: null,
      maxBodyMb: 32,
      bodyTimeoutMs: 30_000,
      drainMs: 30_000,
      publicMetrics: false,
      cors: { origins: [] },
    },
    dataDir: join(files.folder, "data"),
    store: { sync: "normal", rawDays: 400, bodyDays: 30 },
    egress: { allow: [] },
    providers: [],
    aliases: {},
    industries: {},
    auto: {},
    rules: [],
    routing: { qualityFloor: 50, localFallback: "none", maxAttempts: 5, sticky: ["user", "session_id"] },
    budgets: { defaultOutputTokens: 8192, onLimit: "cut", unknownPrice: "skip" },
    alerts: { webhook: null },
  });
});

test("an empty file means the same as none", () => {
  const none = configOf(load());
  files.write("nyuro.yaml", "# nothing yet\n");
  expect(configOf(load()).config).toEqual(none.config);
  expect(configOf(load()).revision).toBe(none.revision);
});

test("the first of --config, NYURO_CONFIG, nyuro.yaml, nyuro.yml, nyuro.json counts", () => {
  const portOf = (env: Record<string, string>, path?: string) => configOf(load(env, path)).config.server.port;
  files.write("nyuro.json", '{"server": {"port": 3}}');
  expect(portOf({})).toBe(3);
  files.write("nyuro.yml", "server: {port: 2}");
  expect(portOf({})).toBe(2);
  files.write("nyuro.yaml", "server: {port: 1}");
  expect(portOf({})).toBe(1);
  files.write("env.yaml", "server: {port: 4}");
  expect(portOf({ NYURO_CONFIG: "env.yaml" })).toBe(4);
  files.write("option.yaml", "server: {port: 5}");
  expect(portOf({ NYURO_CONFIG: "env.yaml" }, "option.yaml")).toBe(5);
  expect(configOf(load({}, "option.yaml")).path).toBe(join(files.folder, "option.yaml"));
});

test("a named file that is missing, or no file, is an error, whatever else lies there", () => {
  files.write("nyuro.yaml", "");
  const missing = { path: join(files.folder, "no.yaml"), problems: ["the config file does not exist"] };
  expect(load({ NYURO_CONFIG: "no.yaml" })).toEqual(missing);
  expect(load({}, "no.yaml")).toEqual(missing);
  expect(problemsOf(load({}, "."))).toEqual(["the config file is not a regular file"]);
});

test("the environment wins over the file for host, port and data folder", () => {
  files.write("nyuro.yaml", "server: {host: 10.0.0.1, port: 1}\ndata_dir: from-file");
  const { config } = configOf(load({ NYURO_HOST: "0.0.0.0", NYURO_PORT: "0", NYURO_DATA_DIR: "from-env" }));
  expect(config.server).toMatchObject({ host: "0.0.0.0", port: 0 });
  expect(config.dataDir).toBe(join(files.folder, "from-env"));
});

test("a relative data folder starts where it was named", () => {
  mkdirSync(join(files.folder, "etc"));
  files.write("etc/named.yaml", "data_dir: ./state");
  files.write("etc/silent.yaml", "");
  files.write("etc/absolute.yaml", "data_dir: /var/lib/nyuro");
  expect(configOf(load({}, "etc/named.yaml")).config.dataDir).toBe(join(files.folder, "etc/state"));
  expect(configOf(load({}, "etc/silent.yaml")).config.dataDir).toBe(join(files.folder, "data"));
  expect(configOf(load({}, "etc/absolute.yaml")).config.dataDir).toBe("/var/lib/nyuro");
});

test("a whole provider arrives, prices as integers", () => {
  const { config } = configOf(
    files.load(
      `providers:
  - id: my-vps
    base_url: http://127.0.0.1:8000/v1/
    api_key: "\${env:KEY}"
    local: true
    timeouts: { connect_ms: 1, total_ms: 2 }
    auth: { api_version: 2024-10-21 }
    headers: { x-team: a }
    takes_metadata: true
    data_collection: deny
    models:
      - id: llama3.1
        upstream: meta-llama/Llama-3.1-8B-Instruct
        price: { input: 0.15, output: "0.6", cached_input: 0.0000000001 }
        quality: 62
        context: 131072
        max_output: 8192
        capabilities: [tools, tools, json_schema]
        kind: chat
        max_parallel: 4
        weight: 2.5
      - { id: bare }
  - { id: openai, preset: openai }`,
      { KEY: "sk-from-env" },
    ),
  );
  expect(config.providers[0]).toEqual({
    id: "my-vps",
    preset: null,
    dialect: "openai",
    baseUrl: "http://127.0.0.1:8000/v1",
    apiKey: "sk-from-env",
    local: true,
    timeouts: { connectMs: 1, totalMs: 2 },
    auth: { api_version: "2024-10-21" },
    headers: { "x-team": "a" },
    takesMetadata: true,
    dataCollection: "deny",
    models: [
      {
        id: "llama3.1",
        upstream: "meta-llama/Llama-3.1-8B-Instruct",
        price: { input: 150_000_000, output: 600_000_000, cachedInput: 1, cacheWrite: null },
        quality: 62,
        context: 131_072,
        maxOutput: 8192,
        capabilities: ["tools", "json_schema"],
        kind: "chat",
        maxParallel: 4,
        weight: 2.5,
      },
      {
        id: "bare",
        upstream: null,
        price: null,
        quality: null,
        context: null,
        maxOutput: null,
        capabilities: null,
        kind: null,
        maxParallel: null,
        weight: 1,
      },
    ],
  });
  expect(config.providers[1]).toMatchObject({ preset: "openai", dialect: null, baseUrl: null, models: null });
});

test("a whole rule arrives, and rules come by priority", () => {
  const { config } = configOf(
    files.load(`rules:
  - { name: last, priority: 200, then: { deny: Not here. } }
  - { name: plain, when: { stream: true }, then: { strategy: cost } }
  - name: full
    priority: 10
    when:
      prompt_tokens: { min: 10 }
      keywords: { any: [contract] }
      industry: legal
      task: long_context
      needs: [tools, pdf]
      max_input_cost_usd: "0.05"
      model: "gpt-*"
      key: key_1
      org: org_1
      metadata: { team: blue }
      stream: false
      contains_pii: true
    then:
      models: [my-vps/llama3.1]
      only_local: true
      allow_cloud_fallback: false
      max_cost_usd: 0.01
      set_params: { temperature: 0, stop: null }`),
  );
  expect(config.rules.map((rule) => rule.name)).toEqual(["full", "plain", "last"]);
  expect(config.rules[0]).toEqual({
    name: "full",
    priority: 10,
    when: {
      promptTokens: { min: 10, max: null },
      keywords: { any: ["contract"], all: [] },
      industry: "legal",
      task: "long_context",
      needs: ["tools", "pdf"],
      maxInputCostNanoUsd: 50_000_000,
      model: "gpt-*",
      key: "key_1",
      org: "org_1",
      metadata: { team: "blue" },
      stream: false,
      containsPii: true,
    },
    then: {
      models: ["my-vps/llama3.1"],
      strategy: null,
      onlyLocal: true,
      allowCloudFallback: false,
      deny: null,
      maxCostNanoUsd: 10_000_000,
      setParams: { temperature: 0, stop: null },
    },
  });
  expect(config.rules[1]?.when).toMatchObject({
    promptTokens: null,
    industry: null,
    needs: [],
    metadata: {},
  });
});

test("one name and a list of names mean the same, and inherited names are never found", () => {
  const { config } = configOf(
    files.load("aliases: { fast: a, smart: [a, b] }\nindustries: { legal: a }\nauto: { code: [a, b] }"),
  );
  expect(config.aliases).toEqual({ fast: ["a"], smart: ["a", "b"] });
  expect(config.industries).toEqual({ legal: ["a"] });
  expect(config.auto).toEqual({ code: ["a", "b"] });
  for (const lists of [config.aliases, config.industries, config.auto])
    expect(lists.constructor).toBeUndefined();
});

test("the revision changes with what counts, secrets included, and with nothing else", () => {
  const provider = (key: string) => `providers: [{ id: openai, preset: openai, api_key: ${key} }]`;
  const revision = (text: string, env = {}) => configOf(files.load(text, env)).revision;
  const first = revision(provider("sk-1"));
  expect(revision(`# a comment\n${provider('"sk-1"')}\n`)).toBe(first);
  expect(revision(provider('"${env:KEY}"'), { KEY: "sk-1" })).toBe(first);
  expect(revision(provider('"${env:KEY}"'), { KEY: "sk-2" })).not.toBe(first);
  expect(revision(provider("sk-1"), { NYURO_PORT: "1" })).not.toBe(first);
});

test("a credentials file is found from the folder of the configuration, wherever Nyuro was started", () => {
  const auth = (file: string) =>
    configOf(files.load(`providers: [{ id: a, preset: openai, auth: { credentials_file: ${file} } }]`)).config
      .providers[0]?.auth.credentials_file;
  expect(auth("keys/google.json")).toBe(join(files.folder, "keys/google.json"));
  expect(auth("/run/google.json")).toBe("/run/google.json");
});
