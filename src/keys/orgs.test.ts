import { expect, test } from "bun:test";
import { openStore } from "../store/open.ts";
import { DEFAULT_ORG_ID } from "../store/orgs-table.ts";
import { fixedClock } from "../testing/clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { KeyRefusal } from "./input.ts";
import { Keys } from "./keys.ts";
import { Orgs } from "./orgs.ts";
import { secretHasher } from "./secret.ts";

const NOW = 1_800_000_000_000;

function openIn(dataDir: string) {
  const clock = fixedClock(NOW);
  const store = openStore({ dataDir, sync: "normal", clock });
  if ("problem" in store) throw new Error(store.problem);
  return { clock, store };
}

async function scene(dataDir = temporaryDirectory()) {
  const { clock, store } = openIn(dataDir);
  const keys = await Keys.load({ store, hashSecret: secretHasher("pepper"), clock });
  const orgs = await Orgs.load({ store, clock, keys });
  const restart = async () => {
    await store.close();
    return await scene(dataDir);
  };
  return { store, keys, orgs, restart };
}

function granted<T extends object>(answer: T): Exclude<T, KeyRefusal> {
  if ("refusal" in answer) throw new Error(JSON.stringify(answer.refusal));
  return answer as Exclude<T, KeyRefusal>;
}

const RATE = { rpm: 60, tpm: null, maxParallel: 4 };

test("a fresh store has one organization; others survive a restart as they were last changed", async () => {
  const first = await scene();
  expect(granted(first.orgs.list({ limit: 10, cursor: null })).orgs).toEqual([
    {
      id: DEFAULT_ORG_ID,
      name: "Default",
      timeZone: "UTC",
      createdAtMs: expect.any(Number),
      storeBodies: false,
      unknownPrice: null,
      rateLimit: null,
    },
  ]);
  const made = granted(
    await first.orgs.create({ name: "Research", timeZone: "Asia/Tokyo", rateLimit: RATE }),
  );
  const changed = granted(
    await first.orgs.update(made.id, { storeBodies: true, unknownPrice: "allow", name: "R" }),
  );
  expect(changed).toEqual({ ...made, storeBodies: true, unknownPrice: "allow", name: "R" });
  const second = await first.restart();
  expect(second.orgs.get(made.id)).toEqual(changed);
  expect(second.orgs.get("org_none")).toBeNull();
  await second.store.close();
});

test("limits of a key and of its organization reach its caller at once, and after a restart", async () => {
  const first = await scene();
  const org = granted(await first.orgs.create({ name: "n" }));
  const { key, secret } = granted(await first.keys.create({ name: "k", orgId: org.id }));
  const other = granted(await first.keys.create({ name: "o", orgId: DEFAULT_ORG_ID }));
  const limits = () => first.keys.verify(secret)?.rateLimits;
  expect(limits()).toBeNull();
  granted(await first.orgs.update(org.id, { rateLimit: RATE }));
  expect(limits()).toEqual({ key: null, org: RATE });
  granted(await first.keys.update(key.id, { rateLimit: { rpm: 1, tpm: 2, maxParallel: null } }));
  expect(limits()).toEqual({ key: { rpm: 1, tpm: 2, maxParallel: null }, org: RATE });
  const made = granted(await first.keys.create({ name: "later", orgId: org.id }));
  expect(first.keys.verify(made.secret)?.rateLimits).toEqual({ key: null, org: RATE });
  expect(first.keys.verify(other.secret)?.rateLimits).toBeNull();
  const second = await first.restart();
  expect(second.keys.verify(secret)?.rateLimits).toEqual({
    key: { rpm: 1, tpm: 2, maxParallel: null },
    org: RATE,
  });
  granted(await second.orgs.update(org.id, { rateLimit: { rpm: null, tpm: null, maxParallel: null } }));
  expect(second.orgs.get(org.id)?.rateLimit).toBeNull();
  granted(await second.keys.update(key.id, { rateLimit: null }));
  expect(second.keys.verify(secret)?.rateLimits).toBeNull();
  expect(second.keys.verify(other.secret)?.rateLimits).toBeNull();
  await second.store.close();
});

test("two changes at once both count, in memory and on disk", async () => {
  const first = await scene();
  const org = granted(await first.orgs.create({ name: "n" }));
  await Promise.all([
    first.orgs.update(org.id, { name: "m" }),
    first.orgs.update(org.id, { timeZone: "Asia/Tokyo" }),
  ]);
  expect(first.orgs.get(org.id)).toMatchObject({ name: "m", timeZone: "Asia/Tokyo" });
  const second = await first.restart();
  expect(second.orgs.get(org.id)).toMatchObject({ name: "m", timeZone: "Asia/Tokyo" });
  await second.store.close();
});
