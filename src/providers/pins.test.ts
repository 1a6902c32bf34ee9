import { describe, expect, test } from "bun:test";
import { fixedClock } from "../testing/clock.ts";
import { AddressRefused, Pins, type Resolve, systemResolve } from "./pins.ts";

const NONE = { allow: [] };
const FRESH_MS = 30_000;
const STALE_MS = 5 * 60_000;

/** A name server whose answers the test writes, one list after the other; the last one stays. */
function start(...answers: (string[] | Error)[]) {
  const clock = fixedClock(0);
  const asked: string[] = [];
  const resolve: Resolve = async (host) => {
    asked.push(host);
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const pins = new Pins(clock, resolve);
  return {
    asked,
    clock,
    pins,
    look: (host = "api.test", local = false) => pins.look(host, local, NONE),
    known: (host = "api.test", local = false) => pins.known(host, local, NONE),
  };
}

/** Lets answers that are already there arrive. */
const settled = () => new Promise<void>((done) => setImmediate(done));

test("a host is looked up once and its address is then known at once", async () => {
  const { look, known, asked } = start(["1.1.1.1"]);
  expect(known()).toBeNull();
  expect(await look()).toBe("1.1.1.1");
  expect(known()).toBe("1.1.1.1");
  expect(asked).toEqual(["api.test"]);
});

test("a burst of calls asks the name server once", async () => {
  const { look, asked } = start(["1.1.1.1"]);
  expect(await Promise.all([look(), look(), look()])).toEqual(["1.1.1.1", "1.1.1.1", "1.1.1.1"]);
  expect(asked).toHaveLength(1);
});

test("an address needs no name server and no refresh", async () => {
  const { look, known, asked, clock } = start();
  expect(await look("8.8.8.8")).toBe("8.8.8.8");
  clock.advance(10 * STALE_MS);
  expect(known("8.8.8.8")).toBe("8.8.8.8");
  await settled();
  expect(asked).toEqual([]);
  expect(look("127.0.0.1")).rejects.toThrow(AddressRefused);
});

describe("what the name server says later", () => {
  test("an old entry is still used while its successor is looked up, once", async () => {
    const { look, known, asked, clock } = start(["1.1.1.1"], ["8.8.8.8"]);
    await look();
    clock.advance(FRESH_MS + 1);
    expect([known(), known(), known()]).toEqual(["1.1.1.1", "1.1.1.1", "1.1.1.1"]);
    await settled();
    expect(known()).toBe("8.8.8.8");
    expect(asked).toHaveLength(2);
  });

  test("a name that turns to a private address is refused from then on", async () => {
    const { look, known, clock } = start(["1.1.1.1"], ["127.0.0.1"]);
    await look();
    clock.advance(FRESH_MS + 1);
    expect(known()).toBe("1.1.1.1");
    await settled();
    expect(known()).toBeNull();
    expect(look()).rejects.toThrow("127.0.0.1 is in a loopback range");
  });

  test("a name server that fails does not take a working provider with it, but not for ever", async () => {
    const { look, known, clock } = start(["1.1.1.1"], new Error("SERVFAIL"));
    await look();
    clock.advance(FRESH_MS + 1);
    for (let i = 0; i < 3; i++) {
      expect(known()).toBe("1.1.1.1");
      await settled();
    }
    clock.advance(STALE_MS);
    expect(known()).toBeNull();
    expect(look()).rejects.toThrow("SERVFAIL");
  });
});

describe("answers", () => {
  test.each([
    [["127.0.0.1", "1.1.1.1"], "1.1.1.1"],
    [["::1", "10.0.0.1", "2606:4700::1"], "2606:4700::1"],
    [["1.1.1.1", "8.8.8.8"], "1.1.1.1"],
  ])("of %j only the allowed ones are used", async (answer, first) => {
    const { look, pins, known } = start(answer);
    expect(await look()).toBe(first);
    for (let i = 0; i < 4; i++) {
      pins.moveOn("api.test", false);
      expect(["127.0.0.1", "::1", "10.0.0.1"]).not.toContain(known() ?? "");
    }
  });

  test.each([
    [[], "api.test has no address"],
    [["127.0.0.1", "::1"], "127.0.0.1 is in a loopback range"],
    [["169.254.169.254"], "169.254.169.254 is in the linkLocal range"],
    [["::ffff:169.254.169.254"], "linkLocal"],
    [["64:ff9b::7f00:1"], "rfc6052"],
    [["not an address"], "not an address is no IP address"],
  ])("of %j none may be called", (answer, sentence) => {
    expect(start(answer).look()).rejects.toThrow(sentence);
  });

  test("local providers may be private, never a metadata address", async () => {
    expect(await start(["192.168.1.5"]).look("box.lan", true)).toBe("192.168.1.5");
    expect(start(["169.254.169.254"]).look("box.lan", true)).rejects.toThrow(AddressRefused);
  });

  test("what a local provider may call is not known to the others", async () => {
    const { look, known } = start(["127.0.0.1"]);
    await look("box.lan", true);
    expect(known("box.lan", true)).toBe("127.0.0.1");
    expect(known("box.lan", false)).toBeNull();
    expect(look("box.lan", false)).rejects.toThrow(AddressRefused);
  });
});

test("a failed connection moves on to the next address, round and round", async () => {
  const { look, known, pins } = start(["1.1.1.1", "8.8.8.8"]);
  await look();
  expect(pins.moveOn("api.test", false)).toBe(true);
  expect(known()).toBe("8.8.8.8");
  pins.moveOn("api.test", false);
  expect(known()).toBe("1.1.1.1");
  expect(pins.moveOn("other.test", false)).toBe(false);
});

test("a look-up that was under way when the policy changed is not kept", async () => {
  const { pins, known, asked } = start(["10.0.0.1"]);
  const running = pins.look("api.test", false, { allow: ["10.0.0.0/8"] });
  pins.clear();
  expect(await running).toBe("10.0.0.1");
  expect(known()).toBeNull();
  expect(pins.look("api.test", false, NONE)).rejects.toThrow(AddressRefused);
  expect(asked).toHaveLength(2);
});

test("the system's resolver knows localhost, and it is refused", async () => {
  expect((await systemResolve("localhost")).length).toBeGreaterThan(0);
  expect(new Pins(fixedClock(0)).look("localhost", false, NONE)).rejects.toThrow("loopback");
});
