import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Keys } from "../keys/keys.ts";
import { secretHasher } from "../keys/secret.ts";
import { DEFAULT_ORG_ID } from "../store/orgs-table.ts";
import { ALERT_TIME_MS, alertScene, bandOf } from "../testing/alerts.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { alertOf } from "./alert.ts";

const KEY_OWNER = (id: string) => ({ scope: "key", id, orgId: DEFAULT_ORG_ID }) as const;

test("each band is one alert, in the log once, however often it is told and across restarts", async () => {
  const dataDir = temporaryDirectory();
  const [low, high, refused] = [bandOf(), bandOf({ band: 0.9 }), bandOf({ band: "refused" })];
  const first = alertScene({ dataDir });
  for (const band of [low, low, high, refused]) first.alerts.onBand(band);
  await first.stop();
  expect(first.logs.map((line) => JSON.parse(line).band)).toEqual([0.8, 0.9, "refused"]);

  const second = alertScene({ dataDir, startMs: ALERT_TIME_MS + 5 });
  // Told again with what is spent by now: still the same alert.
  for (const band of [low, high, refused]) second.alerts.onBand({ ...band, spentNanoUsd: 9_999_999_999 });
  second.alerts.onBand(bandOf({ band: 1 }));
  await second.stop();
  expect(second.logs.map((line) => JSON.parse(line).band)).toEqual([1]);

  const third = alertScene({ dataDir });
  const rows = await third.rows();
  expect(
    rows.map(({ band, spent_nano_usd: spent, time_ms }) => [band, spent, time_ms - ALERT_TIME_MS]),
  ).toEqual([
    ["0.8", 8_100_000_000, 0],
    ["0.9", 8_100_000_000, 0],
    ["refused", 8_100_000_000, 0],
    ["1", 8_100_000_000, 5],
  ]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(4);
  await third.stop();
});

test.each([
  ["another period", { periodStartMs: Date.UTC(2027, 1, 1) }],
  ["another limit", { limitNanoUsd: 10_000_000_001 }],
  ["another band", { band: 0.81 }],
  ["another owner", { owner: { scope: "org", id: "org_b", orgId: "org_b" } }],
  ["a key of the same id", { owner: { scope: "key", id: DEFAULT_ORG_ID, orgId: DEFAULT_ORG_ID } }],
] as const)("%s is another alert", async (_, changes) => {
  const scene = alertScene({ dataDir: temporaryDirectory() });
  scene.alerts.onBand(bandOf());
  scene.alerts.onBand(bandOf(changes));
  await scene.alerts.close();
  expect(await scene.rows()).toHaveLength(2);
  expect(scene.logs).toHaveLength(2);
  await scene.stop();
});

test("an alert of a key names its prefix, an alert of an organization its id, and neither what opens anything", async () => {
  const scene = alertScene({ dataDir: temporaryDirectory() });
  const keys = await Keys.load({ store: scene.store, hashSecret: secretHasher("p"), clock: scene.clock });
  const made = await keys.create({ name: "a key's name", orgId: DEFAULT_ORG_ID, scopes: ["inference"] });
  if ("refusal" in made) throw new Error("no key");
  scene.alerts.onBand(bandOf({ owner: KEY_OWNER(made.key.id), period: "none", periodStartMs: 0 }));
  scene.alerts.onBand(bandOf({ band: "refused", limitNanoUsd: 1, spentNanoUsd: 0 }));
  await scene.alerts.close();
  const [ofKey, ofOrg] = (await scene.rows()).map(alertOf);
  expect(ofKey).toEqual({
    ...{ id: expect.stringMatching(/^alert_\w{20}$/), time: "2027-01-15T08:00:00.000Z", scope: "key" },
    ...{ key_prefix: made.secret.slice(0, 15), key_id: made.key.id, band: 0.8, period: "none" },
    ...{ limit_usd: "10.000000000", spent_usd: "8.100000000" },
  });
  expect(ofOrg).toEqual({
    ...{ id: expect.any(String), time: "2027-01-15T08:00:00.000Z", scope: "org", org_id: DEFAULT_ORG_ID },
    ...{ band: "refused", limit_usd: "0.000000001", spent_usd: "0.000000000", period: "monthly" },
  });
  expect(scene.logs.map((line) => JSON.parse(line))).toEqual([
    {
      ...{ alertId: ofKey?.id, scope: "key", orgId: DEFAULT_ORG_ID, keyId: made.key.id },
      ...{ keyPrefix: made.secret.slice(0, 15), band: 0.8, limitUsd: "10.000000000" },
      ...{ spentUsd: "8.100000000", period: "none", message: "budget alert" },
    },
    {
      ...{ alertId: ofOrg?.id, scope: "org", orgId: DEFAULT_ORG_ID, band: "refused" },
      ...{ limitUsd: "0.000000001", spentUsd: "0.000000000", period: "monthly", message: "budget alert" },
    },
  ]);
  const told = [...scene.logs, JSON.stringify(await scene.rows())].join();
  expect(told).not.toContain(made.secret.slice(15));
  expect(told).not.toContain("a key's name");
  await scene.stop();
});

test("what the store does not take is written once it does, and none of it twice", async () => {
  const scene = alertScene({ dataDir: temporaryDirectory() });
  const blocker = new Database(join(scene.store.dataDir, "nyuro.db"));
  blocker.run("BEGIN IMMEDIATE");
  scene.alerts.onBand(bandOf());
  await scene.timers.set();
  scene.alerts.onBand(bandOf({ band: 0.9 }));
  expect(scene.logs).toEqual([]);
  blocker.run("ROLLBACK");
  blocker.close();
  scene.timers.pass(1_000);
  await scene.rowsOnce(() => true, 2);
  await scene.stop();
  expect(scene.logs.map((line) => JSON.parse(line).band)).toEqual([0.8, 0.9]);
});

test("ten thousand bands at once are all written, and whoever tells of them waits for none", async () => {
  const scene = alertScene({ dataDir: temporaryDirectory() });
  const count = 10_000;
  for (let n = 0; n < count; n++) scene.alerts.onBand(bandOf({ limitNanoUsd: n }));
  expect(scene.logs).toEqual([]);
  let longestMs = 0;
  let before = performance.now();
  while (scene.logs.length < count) {
    await new Promise(setImmediate);
    longestMs = Math.max(longestMs, performance.now() - before);
    before = performance.now();
  }
  expect(longestMs).toBeLessThan(250);
  expect(await scene.rows()).toHaveLength(count);
  await scene.stop();
});
