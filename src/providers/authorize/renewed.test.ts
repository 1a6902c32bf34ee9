import { expect, test } from "bun:test";
import { type Fault, fault } from "../../core/faults.ts";
import { fixedClock } from "../../testing/clock.ts";
import { type Lease, Renewed } from "./renewed.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** A server whose answers the test gives, one by one. */
function scripted() {
  const clock = fixedClock(0);
  const waiting: ((answer: Lease<string> | Fault) => void)[] = [];
  let asked = 0;
  const renewed = new Renewed<string>(clock, () => {
    asked += 1;
    return new Promise((resolve) => waiting.push(resolve));
  });
  return {
    clock,
    renewed,
    asked: () => asked,
    async answer(answer: Lease<string> | Fault) {
      waiting.shift()?.(answer);
      for (let i = 0; i < 5; i++) await Promise.resolve();
    },
  };
}

const lease = (value: string, lifetimeMs = HOUR_MS): Lease<string> => ({ value, lifetimeMs });
const down = fault("upstream_auth", "the server is down");

/** What a caller is given without waiting; a promise = they would wait. */
function atOnce(got: ReturnType<Renewed<string>["get"]>): string {
  if (got instanceof Promise) return "waits";
  return "kind" in got ? got.cause : got.value;
}

test("twenty callers at once cause one fetch and all get its value", async () => {
  const { renewed, answer, asked } = scripted();
  const all = Promise.all(Array.from({ length: 20 }, () => renewed.get()));
  await answer(lease("t1"));
  expect((await all).map((got) => ("kind" in got ? got.cause : got.value))).toEqual(Array(20).fill("t1"));
  expect(asked()).toBe(1);
});

test("from five minutes before its end it is renewed once, and nobody waits for that", async () => {
  const { clock, renewed, answer, asked } = scripted();
  void renewed.get();
  await answer(lease("t1"));
  clock.advance(HOUR_MS - 5 * MINUTE_MS - 1);
  expect([atOnce(renewed.get()), asked()]).toEqual(["t1", 1]);
  clock.advance(1);
  for (let i = 0; i < 20; i++) expect(atOnce(renewed.get())).toBe("t1");
  expect(asked()).toBe(2);
  await answer(lease("t2"));
  expect([atOnce(renewed.get()), asked()]).toEqual(["t2", 2]);
});

test("a failed renewal leaves the value as long as it is good, and is tried again after a pause", async () => {
  const { clock, renewed, answer, asked } = scripted();
  void renewed.get();
  await answer(lease("t1"));
  clock.advance(HOUR_MS - 4 * MINUTE_MS);
  expect(atOnce(renewed.get())).toBe("t1");
  await answer(down);
  expect([atOnce(renewed.get()), asked()]).toEqual(["t1", 2]);
  clock.advance(5_000);
  expect([atOnce(renewed.get()), asked()]).toEqual(["t1", 3]);
  await answer(down);
  clock.advance(4 * MINUTE_MS);
  expect(atOnce(renewed.get())).toBe("waits");
});

test("a value is not used past its end, counted from when it was asked for", async () => {
  const { clock, renewed, answer } = scripted();
  void renewed.get();
  clock.advance(10_000);
  await answer(lease("t1", 60_000));
  clock.advance(49_999);
  expect(atOnce(renewed.get())).toBe("t1");
  clock.advance(1);
  expect(atOnce(renewed.get())).toBe("waits");
});

test("a short life is renewed at its half, not at every call", async () => {
  const { clock, renewed, answer, asked } = scripted();
  void renewed.get();
  await answer(lease("t1", MINUTE_MS));
  clock.advance(29_999);
  void renewed.get();
  expect(asked()).toBe(1);
  clock.advance(1);
  void renewed.get();
  expect(asked()).toBe(2);
});

test("without a value a failure is told at once for five seconds, then it is tried again", async () => {
  const { clock, renewed, answer, asked } = scripted();
  const first = renewed.get();
  await answer(down);
  expect(await first).toEqual(down);
  for (let i = 0; i < 20; i++) expect(atOnce(renewed.get())).toBe("the server is down");
  expect(asked()).toBe(1);
  clock.advance(5_000);
  const second = renewed.get();
  expect(asked()).toBe(2);
  await answer(lease("t1"));
  expect(await second).toMatchObject({ value: "t1" });
  expect(atOnce(renewed.get())).toBe("t1");
});

test("a refused value is fetched anew, unless it is so young that another would be refused as well", async () => {
  const { clock, renewed, answer, asked } = scripted();
  void renewed.get();
  await answer(lease("t1"));
  clock.advance(30_000);
  renewed.refused();
  expect([atOnce(renewed.get()), asked()]).toEqual(["t1", 1]);
  clock.advance(1);
  renewed.refused();
  expect([atOnce(renewed.get()), asked()]).toEqual(["waits", 2]);
});

test("a fetch that throws is a fault that repeats none of the error's words", async () => {
  const renewed = new Renewed<string>(fixedClock(0), async () => {
    throw new Error("secret words");
  });
  const got = await renewed.get();
  expect(got).toMatchObject({ kind: "upstream_auth", cause: "Error" });
  expect(JSON.stringify(got)).not.toContain("secret");
});
