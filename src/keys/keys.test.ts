import { expect, jest, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openStore, type Store } from "../store/open.ts";
import { DEFAULT_ORG_ID } from "../store/orgs-table.ts";
import { fixedClock } from "../testing/clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { KeyRefusal, NewKey } from "./input.ts";
import { Keys } from "./keys.ts";
import type { KeyPage } from "./list.ts";
import { mintSecret, secretHasher } from "./secret.ts";

const NOW = 1_800_000_000_000;
const MINE: NewKey = { name: "mine", orgId: DEFAULT_ORG_ID };

async function scene() {
  const dataDir = temporaryDirectory();
  const clock = fixedClock(NOW);
  let hashes = 0;
  const open = () => {
    const store = openStore({ dataDir, sync: "normal", clock });
    if ("problem" in store) throw new Error(store.problem);
    return store;
  };
  const hash = secretHasher("pepper");
  const hashSecret = (secret: string) => {
    hashes += 1;
    return hash(secret);
  };
  const store = open();
  const keys = await Keys.load({ store, hashSecret, clock });
  /** The same folder after a restart. */
  const restart = async (old: { store: Store; keys: Keys }) => {
    await old.keys.close();
    await old.store.close();
    const reopened = open();
    return { store: reopened, keys: await Keys.load({ store: reopened, hashSecret, clock }) };
  };
  return { dataDir, clock, store, keys, restart, hashes: () => hashes };
}

/** The answer, which must not be a refusal. */
function granted<T extends object>(answer: T): Exclude<T, KeyRefusal> {
  if ("refusal" in answer) throw new Error(JSON.stringify(answer.refusal));
  return answer as Exclude<T, KeyRefusal>;
}

const make = async (keys: Keys, input: Partial<NewKey> = {}) =>
  granted(await keys.create({ ...MINE, ...input }));

test("a key is told once, verifies at once and after a restart, and its secret is nowhere on disk", async () => {
  const first = await scene();
  expect(first.keys.isEmpty()).toBe(true);
  const { key, secret } = await make(first.keys, {
    scopes: ["manage", "inference"],
    allowedModels: ["gpt-4o"],
  });
  expect(key).toMatchObject({
    prefix: secret.slice(0, 15),
    createdAtMs: NOW,
    revokedAtMs: null,
    expiresAtMs: null,
  });
  expect(JSON.stringify(key)).not.toContain(secret);
  const caller = {
    keyId: key.id,
    orgId: DEFAULT_ORG_ID,
    scopes: ["manage", "inference"] as ("manage" | "inference")[],
    allowedModels: ["gpt-4o"],
    allowedProviders: null,
    rateLimits: null,
  };
  expect(first.keys.verify(secret)).toEqual(caller);
  const second = await first.restart(first);
  expect(second.keys.isEmpty()).toBe(false);
  expect(second.keys.verify(secret)).toEqual(caller);
  expect(second.keys.get(key.id)).toEqual(key);
  for (const file of readdirSync(first.dataDir)) {
    expect(readFileSync(join(first.dataDir, file), "latin1")).not.toContain(secret.slice(15));
  }
  await second.store.close();
});

test("missing, malformed, unknown, too long: all null, each at the price of exactly one hash", async () => {
  const { keys, store, hashes } = await scene();
  const { secret } = await make(keys);
  const asked: [string | null, boolean][] = [
    [secret, true],
    [null, false],
    ["", false],
    ["Bearer", false],
    [mintSecret(), false],
    [`${secret} `, false],
    [secret.slice(0, -1), false],
    [secret.toLowerCase(), false],
    [secret.padEnd(513, "a"), false],
    ["x".repeat(10_000_000), false],
    ["\u0000😀", false],
  ];
  for (const [text, known] of asked) {
    const before = hashes();
    expect(keys.verify(text) !== null).toBe(known);
    expect(hashes() - before).toBe(1);
  }
  await store.close();
});

test("an expired key is refused from its last millisecond on, and again after being given more time is not", async () => {
  const { keys, store, clock } = await scene();
  const { key, secret } = await make(keys, { expiresAtMs: NOW + 1000 });
  clock.advance(999);
  expect(keys.verify(secret)).not.toBeNull();
  clock.advance(1);
  expect(keys.verify(secret)).toBeNull();
  granted(await keys.update(key.id, { expiresAtMs: NOW + 5000 }));
  expect(keys.verify(secret)).not.toBeNull();
  clock.advance(4000);
  expect(keys.verify(secret)).toBeNull();
  granted(await keys.update(key.id, { expiresAtMs: null }));
  expect(keys.verify(secret)).not.toBeNull();
  await store.close();
});

test("a revoked key is refused before the revocation is even durable, and for good", async () => {
  const first = await scene();
  const { key, secret } = await make(first.keys);
  const { secret: newer } = granted(await first.keys.rotate(key.id, { overlapSeconds: 3600 }));
  const other = await make(first.keys);
  const revoking = first.keys.revoke(key.id, other.key.id);
  expect([first.keys.verify(secret), first.keys.verify(newer)]).toEqual([null, null]);
  expect(granted(await revoking).revokedAtMs).toBe(NOW);
  first.clock.advance(5);
  expect(granted(await first.keys.revoke(key.id)).revokedAtMs).toBe(NOW);
  expect(await first.keys.update(key.id, { name: "back" })).toMatchObject({ refusal: { code: "conflict" } });
  expect(await first.keys.rotate(key.id, { overlapSeconds: 0 })).toMatchObject({
    refusal: { code: "conflict" },
  });
  const second = await first.restart(first);
  expect([secret, newer].map((text) => second.keys.verify(text))).toEqual([null, null]);
  expect(second.keys.verify(other.secret)).not.toBeNull();
  expect(second.keys.get(key.id)?.revokedAtMs).toBe(NOW);
  await second.store.close();
});

test.each([
  0, 1, 60,
])("after a rotation with %p s of overlap the old secret works that long, not longer", async (seconds) => {
  const first = await scene();
  const { key, secret: old } = await make(first.keys);
  const { key: rotated, secret } = granted(await first.keys.rotate(key.id, { overlapSeconds: seconds }));
  expect(rotated).toMatchObject({ id: key.id, prefix: secret.slice(0, 15) });
  const works = (keys: Keys, text: string) => keys.verify(text)?.keyId === key.id;
  expect([works(first.keys, old), works(first.keys, secret)]).toEqual([seconds > 0, true]);
  first.clock.advance(seconds * 1000 - 1);
  const second = await first.restart(first);
  expect([works(second.keys, old), works(second.keys, secret)]).toEqual([seconds > 0, true]);
  first.clock.advance(1);
  expect([works(second.keys, old), works(second.keys, secret)]).toEqual([false, true]);
  await second.store.close();
});

test("a second rotation never lengthens the life of the secrets before it", async () => {
  const { keys, store, clock } = await scene();
  const { key, secret: oldest } = await make(keys);
  const { secret: middle } = granted(await keys.rotate(key.id, { overlapSeconds: 10 }));
  const { secret: newest } = granted(await keys.rotate(key.id, { overlapSeconds: 100 }));
  const alive = () => [oldest, middle, newest].map((text) => keys.verify(text) !== null);
  expect(alive()).toEqual([true, true, true]);
  clock.advance(10_000);
  expect(alive()).toEqual([false, true, true]);
  clock.advance(90_000);
  expect(alive()).toEqual([false, false, true]);
  await store.close();
});

test("of rotation, change and revocation at once, revocation wins, now and after a restart", async () => {
  const first = await scene();
  const { key, secret } = await make(first.keys);
  const [rotated, , updated] = await Promise.all([
    first.keys.rotate(key.id, { overlapSeconds: 60 }),
    first.keys.revoke(key.id),
    first.keys.update(key.id, { name: "changed" }),
  ]);
  const secrets = [secret, "secret" in rotated ? rotated.secret : null];
  expect(secrets.map((text) => first.keys.verify(text))).toEqual([null, null]);
  expect(granted(updated)).toMatchObject({ name: "changed", revokedAtMs: NOW });
  const second = await first.restart(first);
  expect(secrets.map((text) => second.keys.verify(text))).toEqual([null, null]);
  expect(second.keys.get(key.id)).toMatchObject({ name: "changed", revokedAtMs: NOW });
  await second.store.close();
});

test("an update changes what it names, for the next request and after a restart, and nothing else", async () => {
  const first = await scene();
  const { key, secret } = await make(first.keys, { allowedProviders: ["openai"], metadata: { team: "a" } });
  const [a] = await Promise.all([
    first.keys.update(key.id, { name: "renamed" }),
    first.keys.update(key.id, { scopes: ["read"], allowedProviders: null, allowedModels: ["x"] }),
  ]);
  expect(granted(a).name).toBe("renamed");
  const expected = {
    ...key,
    name: "renamed",
    scopes: ["read" as const],
    allowedProviders: null,
    allowedModels: ["x"],
  };
  expect(first.keys.get(key.id)).toEqual(expected);
  expect(first.keys.verify(secret)).toMatchObject({
    scopes: ["read"],
    allowedModels: ["x"],
    allowedProviders: null,
  });
  const second = await first.restart(first);
  expect(second.keys.get(key.id)).toEqual(expected);
  await second.store.close();
});

test.each<[string, Partial<NewKey>]>([
  ["name", { name: "" }],
  ["name", { name: "   " }],
  ["name", { name: "n".repeat(201) }],
  ["name", { name: "a\nb" }],
  ["org_id", { orgId: "org_nowhere" }],
  ["scopes", { scopes: [] }],
  ["scopes[1]", { scopes: ["read", "root" as "read"] }],
  ["scopes[1]", { scopes: ["read", "read"] }],
  ["allowed_models", { allowedModels: [] }],
  ["allowed_models[1]", { allowedModels: ["a", ""] }],
  ["allowed_providers[0]", { allowedProviders: ["p".repeat(201)] }],
  ["expires_at", { expiresAtMs: NOW }],
  ["expires_at", { expiresAtMs: Number.NaN }],
  ["metadata", { metadata: { text: "m".repeat(5000) } }],
  ["metadata", { metadata: [] as unknown as Record<string, unknown> }],
  ["secret", { secret: "neu_live_short" }],
])("a key with a wrong %s is refused naming it, and nothing is made", async (param, input) => {
  const { keys, store } = await scene();
  const answer = await keys.create({ ...MINE, ...input });
  expect(answer).toMatchObject({ refusal: { status: 400, code: "invalid_request", param } });
  expect(JSON.stringify(answer)).not.toContain("neu_live_short");
  expect(keys.isEmpty()).toBe(true);
  await store.close();
});

test("a bootstrap secret needs no checksum, works as given, and works once", async () => {
  const { keys, store } = await scene();
  const secret = `neu_live_${"my-own_".repeat(5)}`;
  const made = await make(keys, { secret, scopes: ["inference", "read", "manage", "admin"] });
  expect(made.secret).toBe(secret);
  expect(keys.verify(secret)?.scopes).toContain("admin");
  expect(await keys.create({ ...MINE, secret })).toMatchObject({
    refusal: { status: 409, code: "conflict" },
  });
  await store.close();
});

test("an unknown id is a refusal, not an exception", async () => {
  const { keys, store } = await scene();
  expect(keys.get("key_none")).toBeNull();
  const answers = [
    keys.revoke("key_none"),
    keys.update("key_none", {}),
    keys.rotate("key_none", { overlapSeconds: 0 }),
  ];
  for (const answer of answers)
    expect(await answer).toMatchObject({ refusal: { status: 404, code: "not_found" } });
  await store.close();
});

test.each([-1, 0.5, 2_592_001, Number.NaN])("an overlap of %p s is refused", async (overlapSeconds) => {
  const { keys, store } = await scene();
  const { key, secret } = await make(keys);
  expect(await keys.rotate(key.id, { overlapSeconds })).toMatchObject({
    refusal: { param: "overlap_seconds" },
  });
  expect(keys.verify(secret)).not.toBeNull();
  await store.close();
});

test("the list is newest first, by organization, paged without repeats while keys are added", async () => {
  const { keys, store, clock } = await scene();
  const names: string[] = [];
  const ids: string[] = [];
  for (let n = 0; n < 7; n++) {
    // The last two share a millisecond: between them the id decides.
    if (n < 6) clock.advance(1);
    ids.push((await make(keys, { name: `key ${n}` })).key.id);
  }
  const [five = "", six = ""] = ids.slice(5);
  const newest = five > six ? ["key 5", "key 6"] : ["key 6", "key 5"];
  let cursor: string | null = null;
  do {
    const page: KeyPage = granted(keys.list({ orgId: DEFAULT_ORG_ID, limit: 2, cursor }));
    names.push(...page.keys.map((key) => key.name));
    cursor = page.nextCursor;
    clock.advance(1);
    await make(keys, { name: "late" });
  } while (cursor !== null);
  expect(names).toEqual([...newest, "key 4", "key 3", "key 2", "key 1", "key 0"]);
  expect(granted(keys.list({ orgId: "org_other", limit: 50, cursor: null }))).toEqual({
    keys: [],
    nextCursor: null,
  });
  for (const [param, options] of [
    ["limit", { limit: 0, cursor: null }],
    ["limit", { limit: 1001, cursor: null }],
    ["cursor", { limit: 1, cursor: "nonsense" }],
  ] as const)
    expect(keys.list({ orgId: null, ...options })).toMatchObject({ refusal: { param } });
  await store.close();
});

test("the last use is shown at once, written ten seconds later or on close, and never goes back", async () => {
  const first = await scene();
  const { key } = await make(first.keys);
  const stored = () => first.store.queries.selectFrom("keys").select("last_used_at_ms").execute();
  jest.useFakeTimers();
  try {
    first.keys.noteUse(key.id, NOW + 2);
    first.keys.noteUse(key.id, NOW + 1);
    expect(first.keys.get(key.id)?.lastUsedAtMs).toBe(NOW + 2);
    expect(first.store.writes.pendingCount).toBe(0);
    jest.advanceTimersByTime(10_000);
    expect(first.store.writes.pendingCount).toBe(1);
  } finally {
    jest.useRealTimers();
  }
  await first.store.writes.flush();
  expect(await stored()).toEqual([{ last_used_at_ms: NOW + 2 }]);
  first.keys.noteUse(key.id, NOW + 3);
  const second = await first.restart(first);
  expect(second.keys.get(key.id)?.lastUsedAtMs).toBe(NOW + 3);
  await second.store.close();
});

test("every change is in the audit log with who, what and when, and no secret", async () => {
  const { keys, store } = await scene();
  const admin = await make(keys, { name: "admin" });
  const { key, secret } = granted(await keys.create(MINE, admin.key.id));
  granted(await keys.update(key.id, { name: "other" }, admin.key.id));
  const rotated = granted(await keys.rotate(key.id, { overlapSeconds: 5 }, admin.key.id));
  await keys.create({ ...MINE, name: "" }, admin.key.id);
  granted(await keys.revoke(key.id, admin.key.id));
  const rows = await store.queries.selectFrom("audit").selectAll().execute();
  expect(rows.map((row) => [row.action, row.object, row.actor_key_id, row.org_id, row.time_ms])).toEqual([
    ["key.create", admin.key.id, null, DEFAULT_ORG_ID, NOW],
    ...["key.create", "key.update", "key.rotate", "key.revoke"].map((action) => {
      return [action, key.id, admin.key.id, DEFAULT_ORG_ID, NOW];
    }),
  ]);
  const text = JSON.stringify(rows);
  for (const told of [admin.secret, secret, rotated.secret]) expect(text).not.toContain(told.slice(15));
  await store.close();
});

test("if the store refuses, a new key does not exist, and a revoked one stays ended", async () => {
  const { keys, store } = await scene();
  const { key, secret } = await make(keys);
  await store.writes.run((db) => db.run("PRAGMA query_only = ON"));
  await expect(keys.create({ ...MINE, name: "never" })).rejects.toThrow("cannot be written");
  expect(granted(keys.list({ orgId: null, limit: 10, cursor: null })).keys).toHaveLength(1);
  await expect(keys.rotate(key.id, { overlapSeconds: 0 })).rejects.toThrow("cannot be written");
  expect(keys.verify(secret)).not.toBeNull();
  await expect(keys.revoke(key.id)).rejects.toThrow("cannot be written");
  expect(keys.verify(secret)).toBeNull();
  await store.close();
});
