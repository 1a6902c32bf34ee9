import { expect, test } from "bun:test";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openStore, type Store } from "../store/open.ts";
import { fixedClock } from "../testing/clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { loadPepper, pepperOf } from "./pepper.ts";

function scene() {
  const dataDir = temporaryDirectory();
  const store = openStore({ dataDir, sync: "normal", clock: fixedClock(0) });
  if ("problem" in store) throw new Error(store.problem);
  return { dataDir, store, file: join(dataDir, "secret") };
}

async function hashOf(dataDir: string, store: Store, secret: string | null): Promise<string> {
  const pepper = await loadPepper({ dataDir, secret, store });
  return "problem" in pepper ? pepper.problem : pepper.hashSecret("neu_live_x");
}

test("without NYURO_SECRET one is made, readable by its owner only, and found again", async () => {
  const { dataDir, store, file } = scene();
  const first = await hashOf(dataDir, store, null);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toMatch(/^[0-9A-Za-z]{43}\n$/);
  expect(await hashOf(dataDir, store, null)).toBe(first);
  expect(await hashOf(dataDir, store, "")).toBe(first);
  await store.close();
});

test("NYURO_SECRET is used as it is and writes no file; another one is refused in one sentence", async () => {
  const { dataDir, store, file } = scene();
  const first = await hashOf(dataDir, store, "one secret");
  expect(() => statSync(file)).toThrow();
  expect(await hashOf(dataDir, store, "one secret")).toBe(first);
  const problem = await hashOf(dataDir, store, "another secret");
  expect(problem).toMatch(
    /^NYURO_SECRET is not the secret the keys in .* were made with; none of them would work\.$/,
  );
  expect(problem).not.toContain("one secret");
  expect(problem).not.toContain("another secret");
  expect(await hashOf(dataDir, store, null)).toMatch(
    /^The file .*secret is missing; restore it or set NYURO_SECRET/,
  );
  expect(() => statSync(file)).toThrow();
  await store.close();
});

test("a file lost, emptied or changed is refused; what it held works as NYURO_SECRET", async () => {
  const { dataDir, store, file } = scene();
  const first = await hashOf(dataDir, store, null);
  const held = readFileSync(file, "utf8").trim();
  rmSync(file);
  expect(await hashOf(dataDir, store, null)).toContain("is missing");
  expect(await hashOf(dataDir, store, held)).toBe(first);
  writeFileSync(file, "\n");
  expect(await hashOf(dataDir, store, null)).toContain("is empty");
  writeFileSync(file, "something else");
  const problem = await hashOf(dataDir, store, null);
  expect(problem).toMatch(/^The file .*secret is not the secret/);
  expect(problem).not.toContain("something else");
  await store.close();
});

test("the pepper itself is not in the database", async () => {
  const { dataDir, store } = scene();
  await hashOf(dataDir, store, "a-very-recognisable-pepper");
  await store.close();
  expect(readFileSync(join(dataDir, "nyuro.db"), "latin1")).not.toContain("a-very-recognisable-pepper");
});

test("keys for a purpose are HKDF-SHA-256 of the secret, and differ by purpose and by secret", async () => {
  const { keyFor } = pepperOf("a secret");
  const material = await crypto.subtle.importKey("raw", Buffer.from("a secret"), "HKDF", false, [
    "deriveBits",
  ]);
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: Buffer.from("nyuro"), info: Buffer.from("one") },
    material,
    256,
  );
  expect(keyFor("one")).toEqual(new Uint8Array(bits));
  expect(keyFor("two")).not.toEqual(keyFor("one"));
  expect(pepperOf("another").keyFor("one")).not.toEqual(keyFor("one"));
});
