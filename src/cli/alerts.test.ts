import { expect, test } from "bun:test";
import { runCli } from "../testing/cli.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { jsonOf, manageScene } from "../testing/manage.ts";

const scene = await manageScene();
const admin = (await scene.keyWith(["admin"])).secret;
const run = (secret: string, ...line: string[]) =>
  runCli(["alerts", ...line], { env: { NYURO_URL: scene.url, NYURO_API_KEY: secret } });

test("alerts are shown oldest first, as many as asked for, as a table and as the API's objects", async () => {
  const { secret } = await scene.keyWith(["read"]);
  expect((await run(secret)).out).toBe("TIME  SCOPE  OF  BAND  SPENT USD  LIMIT USD  PERIOD");
  const body = { name: "spender", budget: { limit_usd: 1, period: "daily", alert_threshold: 0.755 } };
  const key = await jsonOf(scene.call("POST", "/api/v1/keys", admin, body));
  await scene.write(
    sampleRow({ sequence: 1, keyId: key.id, timeMs: scene.clock.now(), costNanoUsd: 820_000_000 }),
  );
  let listed: { band: number }[] = [];
  while (listed.length < 2) listed = JSON.parse((await run(secret, "--json")).out);
  expect(listed).toMatchObject([
    { key_id: key.id, band: 0.755 },
    { key_id: key.id, band: 0.8 },
  ]);
  const lines = (await run(secret)).out.split("\n").map((line) => line.split(/ {2,}/));
  const rest = [key.prefix, "0.820000000", "1.000000000", "daily"];
  expect(lines.slice(1).map(([, scope, of, band, ...more]) => [scope, band, of, ...more])).toEqual([
    ["key", "75.5 %", ...rest],
    ["key", "80 %", ...rest],
  ]);
  expect(JSON.parse((await run(secret, "-n", "1", "--json")).out)).toMatchObject([{ band: 0.8 }]);
});

test("what goes wrong is one sentence", async () => {
  expect((await run(admin, "-n", "none")).notes).toContain("--limit must be a whole number");
  expect((await run(admin, "--org", "org_nobody")).notes).toEndWith("There is no such organization.");
  const { secret } = await scene.keyWith(["inference"]);
  const { notes, exitCode } = await run(secret);
  expect([notes, exitCode]).toEqual([expect.stringContaining("lacks the scope `read`"), 1]);
});
