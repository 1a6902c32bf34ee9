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
  expect(out).toMatch(/^box +- +http:\/\/127\.0\.0\.1:\d+\/v1 +true +1 +resting +m \(rate_limited\)$/m);
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
