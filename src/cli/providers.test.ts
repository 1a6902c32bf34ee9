import { afterAll, expect, test } from "bun:test";
import { catalogOf, deployment } from "../testing/catalog.ts";
import { runCli } from "../testing/cli.ts";
import { testProvider, UPSTREAM_SECRET } from "../testing/gateway.ts";
import { manageScene } from "../testing/manage.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

const upstream = await ScriptedUpstream.start();
afterAll(() => upstream.stop());
upstream.on("*", (_, answer) => answer.json(200, { object: "list", data: [{ id: "m" }] }));
const scene = await manageScene({
  providers: [testProvider("box", upstream.baseUrl), testProvider("gone", "http://127.0.0.1:9/v1")],
  catalog: catalogOf([deployment("box/m")]),
});
const env = { NYURO_URL: scene.url, NYURO_API_KEY: (await scene.keyWith(["admin"])).secret };
const run = (...line: string[]) => runCli(["providers", ...line], { env });

test("providers are shown with address, models and health, without a credential", async () => {
  scene.health.failed("box/m", "rate_limited", 5_000);
  const { out, exitCode } = await run();
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^box +file +- +http:\/\/127\.0\.0\.1:\d+\/v1 +true +1 +resting +m \(rate_limited\)$/m);
  expect(out).toMatch(/^gone .* no_models +-$/m);
  expect(out).not.toContain(UPSTREAM_SECRET);
  expect(JSON.parse((await run("--json")).out)[0].id).toBe("box");
});

test("a test fails the command if any provider fails", async () => {
  const fine = await run("test", "box");
  expect([fine.exitCode, fine.out.split("\n")[1]]).toEqual([0, expect.stringMatching(/^box +ok +1 /)]);
  const all = await run("test");
  expect([all.exitCode, all.out.split("\n")[2]]).toEqual([
    1,
    expect.stringMatching(/^gone +failed .* network/),
  ]);
  expect(JSON.parse((await run("test", "gone", "--json")).out)).toMatchObject({ id: "gone", ok: false });
  expect((await run("test", "nobody")).notes).toBe("nyuro: There is no such provider.");
});

test("a provider that is taken out of service is shown as such, whatever its health", async () => {
  const drain = (isDrained: boolean) =>
    scene.call("POST", "/api/v1/providers/gone/drain", env.NYURO_API_KEY, { drain: isDrained });
  await drain(true);
  expect((await run()).out).toMatch(/^gone .* draining +-$/m);
  await drain(false);
  expect((await run()).out).not.toContain("draining");
});

const KEY = "canary-provider-key-1234567890";
const settings = 'models:\n  - { id: m, price: { input: 1, output: 2 } }\nheaders: { x-org: "mine" }\n';
const shown = async (id: string) =>
  JSON.parse((await run("--json")).out).find((it: { id: string }) => it.id === id);

test("a provider is added, changed and removed; its key comes from a variable or standard input", async () => {
  const line = [
    "providers",
    "add",
    "mine",
    "--base-url",
    "https://a.example/v1",
    "--settings",
    "-",
    "--key-env",
    "ITS_KEY",
  ];
  const made = await runCli(line, { env: { ...env, ITS_KEY: KEY }, input: async () => settings });
  expect(made).toEqual({ out: "Provider mine is added.", notes: "", exitCode: 0 });
  expect(await shown("mine")).toMatchObject({
    source: "api",
    secrets: ["api_key", "headers.x-org"],
    settings: { models: [{ id: "m", price: { input: 1, output: 2 } }] },
  });
  const moved = await run("update", "mine", "--base-url", "https://b.example/v1");
  expect(moved).toMatchObject({ exitCode: 1, notes: expect.stringContaining("`api_key` is needed anew") });
  const keyed = ["providers", "update", "mine", "--local", "--model", "n", "--key-stdin"];
  const changed = await runCli(keyed, { env, input: async () => `${KEY}\n` });
  expect(changed).toMatchObject({ exitCode: 0, out: "Provider mine is changed." });
  expect(await shown("mine")).toMatchObject({ local: true, settings: { models: [{ id: "n" }] } });
  expect((await run("remove", "mine")).out).toBe("Provider mine is removed.");
  expect(await shown("mine")).toBeUndefined();
  expect(JSON.stringify([made, moved, changed])).not.toContain(KEY);
});

test.each([
  [["add", "x", "--key-env", "NOT_SET"], "The variable NOT_SET is not set."],
  [["add", "x", "--key-stdin"], "There is no key on standard input."],
  [
    ["add", "x", "--key-stdin", "--settings", "-"],
    "Standard input can hold the key or the settings, not both.",
  ],
  [["add", "x", "--settings", "nowhere.yaml"], "nowhere.yaml cannot be read."],
  [["add", "x", "--preset", "opnai"], "`preset` is not a known preset; did you mean openai?"],
  [["add", "box", "--preset", "openai"], "`box` is defined in nyuro.yaml"],
  [["remove", "nobody"], "There is no such provider"],
  [["update", "box", "--no-local"], "`box` is defined in nyuro.yaml"],
])("%j fails with a sentence", async (line, sentence) => {
  const failed = await runCli(["providers", ...line], { env, input: async () => "\n" });
  expect(failed).toMatchObject({ exitCode: 1, out: "", notes: expect.stringContaining(sentence) });
});
