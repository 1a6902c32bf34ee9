import { afterAll, describe, expect, test } from "bun:test";
import { readEnvironment } from "../config/env.ts";
import { isConfigProblem } from "../config/problem.ts";
import { configOf, scratch } from "../config/scratch.ts";
import { Pins } from "../providers/pins.ts";
import { Sender } from "../providers/send.ts";
import { fixedClock } from "../testing/clock.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { Snapshots } from "./snapshots.ts";

const clock = fixedClock(Date.parse("2026-11-22T23:59:00Z"));
const upstream = await ScriptedUpstream.start();
const files = scratch();
const opened: Snapshots[] = [];
afterAll(async () => {
  for (const snapshots of opened) snapshots.stop();
  files.remove();
  await upstream.stop();
});

function opening(): Snapshots {
  const environment = readEnvironment({});
  if (isConfigProblem(environment)) throw new Error(environment.problems.join());
  const sender = new Sender(new Pins(clock), { allow: ["127.0.0.0/8"] });
  const snapshots = new Snapshots({ environment, clock, sender });
  opened.push(snapshots);
  return snapshots;
}

async function apply(snapshots: Snapshots, yaml: string, revision = "one"): Promise<void> {
  const applied = snapshots.apply(configOf(files.load(yaml)).config, revision);
  if ("problems" in applied) throw new Error(applied.problems.join());
  await applied.discovered;
}

const ADDRESS = `base_url: "${upstream.baseUrl}"`;

describe("what a provider lists", () => {
  upstream.on("*", (_, answer) =>
    answer.json(200, {
      data: [
        {
          id: "openai/gpt-4o-mini",
          context_length: 99_000,
          pricing: { prompt: "0.0000002", completion: "0.0000007" },
          supported_parameters: ["tools"],
          expiration_date: "2027-01-14",
        },
        { id: "gone", active: false },
        { id: "auto-priced", pricing: { prompt: "-1", completion: "-1" } },
      ],
    }),
  );
  const models = async (yaml: string) => {
    const snapshots = opening();
    await apply(snapshots, yaml);
    return snapshots.current().catalog.models;
  };

  test("is served with its figures, the price by the day it was read", async () => {
    const found = await models(`providers: [{ id: hub, ${ADDRESS} }]`);
    expect([...found.keys()]).toEqual(["auto-priced", "gpt-4o-mini"]);
    expect(found.get("gpt-4o-mini")?.deployments).toMatchObject([
      {
        id: "hub/gpt-4o-mini",
        contextLength: 99_000,
        capabilities: ["tools", "vision", "pdf"],
        deprecation: { shutdownDate: "2027-01-14" },
        price: { input: 200_000_000, output: 700_000_000, source: "provider", asOf: "2026-11-22" },
      },
    ]);
    expect(found.get("auto-priced")?.deployments).toMatchObject([{ price: null, deprecation: null }]);
  });

  test("costs nothing where the provider is local", async () => {
    const found = await models(`providers: [{ id: box, local: true, ${ADDRESS} }]`);
    expect(found.get("gpt-4o-mini")?.deployments).toMatchObject([
      { contextLength: 99_000, price: { input: 0, output: 0, source: "local" } },
    ]);
  });

  test("is not even asked for where the operator lists the models himself", async () => {
    const asked = upstream.requests.length;
    const found = await models(`
providers:
  - id: hub
    ${ADDRESS}
    models: [{ id: gpt-4o-mini, upstream: openai/gpt-4o-mini, price: { input: 1, output: 2 } }]`);
    expect(upstream.requests.length).toBe(asked);
    expect(found.get("gpt-4o-mini")?.deployments).toMatchObject([
      { contextLength: 128_000, price: { input: 1_000_000_000, output: 2_000_000_000, source: "config" } },
    ]);
  });
});

test("a drained provider stays drained through reloads, until it is taken back", async () => {
  const yaml = `providers: [{ id: box, ${ADDRESS}, models: [{ id: m }] }]`;
  const snapshots = opening();
  await apply(snapshots, yaml);
  const before = snapshots.current();
  snapshots.drain("box", true);
  expect([...snapshots.current().policy.draining]).toEqual(["box"]);
  expect(before.policy.draining.size).toBe(0);
  await apply(snapshots, `${yaml}\nrouting: { quality_floor: 10 }`, "two");
  expect(snapshots.current()).toMatchObject({ configRevision: "two", policy: { qualityFloor: 10 } });
  expect([...snapshots.current().policy.draining]).toEqual(["box"]);
  snapshots.drain("box", false);
  expect(snapshots.current().policy.draining.size).toBe(0);
});
