import { expect, test } from "bun:test";
import { Health } from "../routing/health.ts";
import { setMeta } from "../store/meta-table.ts";
import { openStore } from "../store/open.ts";
import { fixedClock } from "../testing/clock.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { keepHealth } from "./kept-health.ts";

const log = { info() {}, warn() {}, error() {} };

function opened() {
  const clock = fixedClock(1_800_000_000_000);
  const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock });
  if ("problem" in store) throw new Error(store.problem);
  return { clock, store };
}

test("a restart does not forget whose retry-after is not over, and who is quick", async () => {
  const { clock, store } = opened();
  const health = new Health(clock);
  const kept = await keepHealth(health, store, log);
  const serial = health.began("a/m");
  health.succeeded("a/m", 40, serial);
  health.ended("a/m", serial);
  health.failed("b/m", "rate_limited", 60_000);
  await kept.stop();
  clock.advance(10_000);
  const next = new Health(clock);
  await (await keepHealth(next, store, log)).stop();
  expect(next.ttftP50Ms("a/m")).toBe(40);
  expect(next.rest("b/m")?.reason).toBe("rate_limited");
  clock.advance(50_000);
  expect(next.rest("b/m")).toBeNull();
  await store.close();
});

test("what cannot be read in the store is as if nothing were there", async () => {
  const { clock, store } = opened();
  await store.writes.run(setMeta(store.queries, "health", "{broken"));
  const health = new Health(clock);
  await (await keepHealth(health, store, log)).stop();
  expect(health.rest("a/m")).toBeNull();
  await store.close();
});

test("a store that cannot be written to is told, and stops nothing", async () => {
  const { clock, store } = opened();
  const warned: string[] = [];
  const health = new Health(clock);
  const kept = await keepHealth(health, store, { ...log, warn: (_, message) => void warned.push(message) });
  health.failed("b/m", "rate_limited", 60_000);
  await store.close();
  await kept.stop();
  expect(warned).toEqual(["the health of deployments was not saved"]);
});
