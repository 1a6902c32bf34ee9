import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { requestText } from "../load/request.ts";
import { Children } from "../targets/children.ts";
import { STARTERS, startMock } from "../targets/start.ts";
import { isAbsent, type Target } from "../targets/target.ts";
import { processTree, residentKib } from "./process-usage.ts";
import { runLoad } from "./run-load.ts";
import { measureWindow } from "./window.ts";

const children = new Children();
const targets: Partial<Record<"direct" | "relay", Target>> = {};
let mockPort = 0;

beforeAll(async () => {
  mockPort = (await startMock(children)).port;
  for (const name of ["direct", "relay"] as const) {
    const target = await STARTERS[name]({ children, mockPort });
    if (!isAbsent(target)) targets[name] = target;
  }
});

afterAll(async () => {
  await children.stopAll();
  expect(existsSync(children.folder)).toBe(false);
  expect(fetch(`http://127.0.0.1:${mockPort}/stats`)).rejects.toThrow();
});

function targetOf(name: "direct" | "relay"): Target {
  const target = targets[name];
  if (!target) throw new Error(`${name} did not start`);
  return target;
}

test.each([
  ["direct", "json"],
  ["direct", "burst"],
  ["relay", "json"],
  ["relay", "burst"],
  ["relay", "steady"],
] as const)("%s answers %s load whole", async (name, profile) => {
  const shape = { profile, connections: 4, seconds: 0.3, warmupSeconds: 0.05 };
  const { load, cpuMicros } = await measureWindow(children, targetOf(name), shape);
  expect(load).toMatchObject({ failed: 0, failure: null, eventsLost: 0 });
  expect(load.completed).toBeGreaterThan(0);
  expect(load.events).toBe(profile === "json" ? 0 : load.completed * 35);
  expect(cpuMicros > 0).toBe(name === "relay");
});

test("a target that refuses is seen to fail, and nothing of it is counted as an answer", async () => {
  const stranger: Target = { ...targetOf("relay"), headers: { authorization: "Bearer nobody" } };
  const shape = { profile: "json", connections: 2, seconds: 0.1, warmupSeconds: 0 } as const;
  const { load } = await measureWindow(children, stranger, shape);
  expect(load).toMatchObject({ completed: 0, failure: "status 401" });
});

test("streams held open are all open at once and lose nothing", async () => {
  const target = targetOf("relay");
  const job = {
    kind: "held",
    host: "127.0.0.1",
    port: target.port,
    request: requestText(target, "steady", 60),
    connections: 20,
    expectEvents: 64,
    warmupSeconds: 0,
    seconds: 10,
    rampPerSecond: 500,
  } as const;
  let resident = 0;
  const readMemory = () => {
    resident = residentKib(processTree(target.pid));
  };
  const held = await runLoad(children, job, readMemory, () => {});
  expect(held).toMatchObject({ openAtOnce: 20, completed: 20, failed: 0, eventsLost: 0 });
  expect(resident).toBeGreaterThan(10_000);
});

test("a stream that does not end in time counts as failed, not as held", async () => {
  const target = targetOf("direct");
  const job = {
    kind: "held",
    host: "127.0.0.1",
    port: target.port,
    request: requestText(target, "paced", 30),
    connections: 3,
    expectEvents: 34,
    warmupSeconds: 0,
    seconds: 0.2,
    rampPerSecond: 500,
  } as const;
  const held = await runLoad(
    children,
    job,
    () => {},
    () => {},
  );
  expect(held).toMatchObject({ openAtOnce: 3, completed: 0, failed: 3, failure: "not ended after 0.2 s" });
});
