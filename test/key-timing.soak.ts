import { expect, test } from "bun:test";
import { Keys } from "../src/keys/keys.ts";
import { mintSecret, secretHasher } from "../src/keys/secret.ts";
import { openStore } from "../src/store/open.ts";
import { DEFAULT_ORG_ID } from "../src/store/orgs-table.ts";
import { fixedClock } from "../src/testing/clock.ts";
import { temporaryDirectory } from "../src/testing/temporary-directory.ts";

/** How long it takes to tell a good key from others: measured, since no network shows a difference of this size. */

const KEYS = 1_000;
const ROUNDS = 300;
const MOST_DIFFERENCE_US = 1;

const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock: fixedClock(1) });
if ("problem" in store) throw new Error(store.problem);
const keys = await Keys.load({ store, hashSecret: secretHasher("pepper"), clock: fixedClock(1) });
const known: string[] = [];
const revoked: string[] = [];
for (let at = 0; at < KEYS; at++) {
  const made = await keys.create({ name: "a key", orgId: DEFAULT_ORG_ID, scopes: ["inference"] });
  if ("refusal" in made) throw new Error(made.refusal.message);
  if (at % 2 === 0) known.push(made.secret);
  else {
    await keys.revoke(made.key.id);
    revoked.push(made.secret);
  }
}
const SORTS: Record<string, readonly string[]> = {
  known,
  revoked,
  unknown: Array.from({ length: KEYS / 2 }, mintSecret),
  "known but for the last character": known.map((secret) => `${secret.slice(0, -1)}_`),
};

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

test("good, ended, unknown and nearly good keys take as long as each other", async () => {
  const tookUs = Object.fromEntries(Object.keys(SORTS).map((sort) => [sort, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [sort, secrets] of Object.entries(SORTS)) {
      const startedMs = performance.now();
      for (const secret of secrets) keys.verify(secret);
      tookUs[sort]?.push(((performance.now() - startedMs) * 1000) / secrets.length);
    }
  const medians = Object.entries(tookUs).map(([sort, values]) => [sort, median(values)] as const);
  console.log(medians.map(([sort, us]) => `${sort}: ${us.toFixed(3)} µs`).join(", "));
  const all = medians.map(([, us]) => us);
  expect(Math.max(...all) - Math.min(...all)).toBeLessThan(MOST_DIFFERENCE_US);
  await keys.close();
  await store.close();
});
