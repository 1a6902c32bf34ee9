import { afterAll, expect, test } from "bun:test";
import { readEnvironment } from "../config/env.ts";
import { isConfigProblem } from "../config/problem.ts";
import { configOf, scratch } from "../config/scratch.ts";
import type { AddedProvider } from "../providers/added/added-provider.ts";
import { checkBody } from "../providers/added/check.ts";
import { Pins } from "../providers/pins.ts";
import { Sender } from "../providers/send.ts";
import { fixedClock } from "../testing/clock.ts";
import { liveProviders, warnOfAdded } from "./live-providers.ts";
import { Snapshots } from "./snapshots.ts";

const clock = fixedClock(Date.parse("2026-11-22T12:00:00Z"));
const files = scratch();
const opened: Snapshots[] = [];
afterAll(() => {
  for (const snapshots of opened) snapshots.stop();
  files.remove();
});

function serving(yaml: string, env: Record<string, string> = {}): Snapshots {
  const environment = readEnvironment(env);
  if (isConfigProblem(environment)) throw new Error(environment.problems.join());
  const sender = new Sender(new Pins(clock, async () => []), { allow: [] });
  const snapshots = new Snapshots({ environment, clock, sender });
  opened.push(snapshots);
  apply(snapshots, yaml);
  return snapshots;
}

function apply(snapshots: Snapshots, yaml: string): void {
  const applied = snapshots.apply(configOf(files.load(yaml)).config, yaml);
  if ("problems" in applied) throw new Error(applied.problems.join());
}

function added(id: string, more: object = {}): AddedProvider {
  const body = { id, base_url: "https://a.example/v1", models: [{ id: `${id}-model` }], ...more };
  const checked = checkBody(body, null);
  if ("refusal" in checked) throw new Error(checked.refusal.message);
  const times = { createdAtMs: 0, changedAtMs: 0 };
  return { id, settings: body, secrets: {}, config: checked.config, problem: null, ...times };
}

const unusable = (id: string): AddedProvider => ({ ...added(id), config: null, problem: "It is broken." });
const idsOf = (snapshots: Snapshots) => [...snapshots.current().upstreams.keys()];
const FILED = 'providers: [{ id: filed, base_url: "https://f.example/v1", models: [{ id: m }] }]';

test("whoever began before a change goes on with what was there", () => {
  const snapshots = serving(FILED);
  const before = snapshots.current();
  snapshots.useAdded([added("one")]);
  expect(idsOf(snapshots)).toEqual(["filed", "one"]);
  expect([...snapshots.current().catalog.models.keys()]).toEqual(["m", "one-model"]);
  expect([...before.upstreams.keys()]).toEqual(["filed"]);
});

test("what did not change stays the same provider, with its connections and tokens", () => {
  const snapshots = serving(FILED);
  const one = added("one");
  snapshots.useAdded([one]);
  const [filed, first] = snapshots.providers();
  snapshots.useAdded([one, added("two")]);
  expect(snapshots.providers()[0]).toBe(filed);
  expect(snapshots.providers()[1]).toBe(first);
});

test("one that is added ends the demo, and serves beside what was found", () => {
  expect(idsOf(serving("{}"))).toEqual(["demo"]);
  const found = serving("{}", { OPENAI_API_KEY: "sk-x" });
  expect(idsOf(found)).toEqual(["openai"]);
  found.useAdded([added("one")]);
  expect(idsOf(found)).toEqual(["openai", "one"]);
  found.useAdded([unusable("one")]);
  expect(idsOf(found)).toEqual(["openai"]);
  found.useAdded([]);
  expect(idsOf(found)).toEqual(["openai"]);
  const demo = serving("{}");
  demo.useAdded([unusable("one")]);
  expect(idsOf(demo)).toEqual([]);
});

test("one that is added under the id of one that was found takes its place", () => {
  const found = serving("{}", { OPENAI_API_KEY: "sk-x" });
  found.useAdded([added("openai")]);
  expect(found.providers().map(({ id, baseUrl, apiKey }) => [id, baseUrl, apiKey])).toEqual([
    ["openai", "https://a.example/v1", null],
  ]);
});

test("it takes no key and nothing else from the server's environment", () => {
  const snapshots = serving(FILED, {
    OPENAI_API_KEY: "sk-of-the-server",
    AZURE_OPENAI_API_KEY: "sk-of-the-server",
  });
  const azure = { preset: "azure", base_url: undefined, auth: { resource: "thief" } };
  snapshots.useAdded([added("openai", { preset: "openai", base_url: undefined }), added("azure", azure)]);
  expect(snapshots.providers().map(({ id, apiKey }) => [id, apiKey])).toEqual([
    ["filed", null],
    ["openai", null],
    ["azure", null],
  ]);
});

test("the file wins where both have one, and the log tells of it and of what cannot be used", () => {
  const snapshots = serving("{}");
  snapshots.useAdded([added("filed"), unusable("broken")]);
  expect(idsOf(snapshots)).toEqual(["filed"]);
  apply(snapshots, FILED);
  expect(snapshots.providers().map(({ baseUrl }) => baseUrl)).toEqual(["https://f.example/v1"]);
  const said: unknown[] = [];
  const note = (fields: object, message: string) => void said.push([fields, message]);
  warnOfAdded(snapshots, { info: note, warn: note, error: note });
  expect(said).toEqual([
    [{ provider: "filed" }, expect.stringContaining("the one added by API is not used")],
    [{ provider: "broken", problem: "It is broken." }, "a provider added by API cannot be used"],
  ]);
  expect(liveProviders(snapshots, "/etc/nyuro/nyuro.yaml").fileOf("filed")).toBe("nyuro.yaml");
  expect(liveProviders(snapshots, null).fileOf("broken")).toBeNull();
});

test("one that is added anew is not drained because an earlier one of its name was", () => {
  const snapshots = serving(FILED);
  snapshots.useAdded([added("one")]);
  snapshots.drain("one", true);
  snapshots.drain("filed", true);
  snapshots.useAdded([added("one"), added("two")]);
  expect([...snapshots.current().policy.draining].sort()).toEqual(["filed", "one"]);
  snapshots.useAdded([]);
  snapshots.useAdded([added("one")]);
  expect([...snapshots.current().policy.draining]).toEqual(["filed"]);
});

test("a change that a rule of the file forbids is told before anything is done", () => {
  const rules = "\nrules: [{ name: r, when: {}, then: { models: [one-model] } }]";
  const snapshots = serving(FILED);
  snapshots.useAdded([added("one")]);
  apply(snapshots, FILED + rules);
  expect(snapshots.problemsOfAdded([])).toEqual([expect.stringContaining('rule "r": then.models[0]')]);
  expect(snapshots.problemsOfAdded([added("one"), added("two")])).toEqual([]);
  // What a provider that cannot be used would serve is not known: the gateway starts all the same.
  expect(snapshots.problemsOfAdded([unusable("one")])).toEqual([]);
});
