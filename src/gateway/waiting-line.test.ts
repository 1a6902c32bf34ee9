import { describe, expect, test } from "bun:test";
import { FAULTS, type Fault, type FaultKind, fault } from "../core/faults.ts";
import type { Rest } from "../routing/health-reader.ts";
import { deployment } from "../testing/catalog.ts";
import { WaitingLine } from "./waiting-line.ts";

const REST: Rest = { reason: "overloaded", untilMs: 1 };

/** Candidates `provider/model`; a number behind a space is the context window, `!` = it rested when it was planned. */
function lineOf(names: string, rests: ReadonlyMap<string, Rest> = new Map(), maxAttempts = 99) {
  const chain = names.split(", ").map((name) => {
    const [id = "", window] = name.replace("!", "").split(" ");
    return {
      deployment: deployment(id, { contextLength: window ? Number(window) : null }),
      rest: name.includes("!") ? REST : null,
    };
  });
  const health = { rest: (id: string) => rests.get(id) ?? null };
  return new WaitingLine(chain, { health, maxAttempts, promptTokens: 1000 });
}

/** Calls all that are left, `before` calls having been made; who fails how is told by id, the rest by `overloaded`. */
function orderOf(line: ReturnType<typeof lineOf>, faults: Record<string, Fault> = {}, before = 0): string[] {
  const called: string[] = [];
  for (let it = line.next(before); it; it = line.next(before + called.length)) {
    called.push(it.deployment.id);
    line.failed(it, faults[it.deployment.id] ?? fault("overloaded", "test"));
  }
  return called;
}

const NETWORK = fault("network", "test");
const UNREACHED = fault("timeout", "test", { unreached: true });

describe("a fault of the whole provider", () => {
  test.each<[string, Fault]>([
    ["network", NETWORK],
    ["no connection in time", UNREACHED],
    ["401", fault("upstream_auth", "test", { status: 401 })],
    ["402", fault("upstream_auth", "test", { status: 402 })],
    ["spent quota told with a 429", fault("upstream_auth", "test", { status: 429 })],
    ["a bad key told with a 400", fault("upstream_auth", "test", { status: 400 })],
    ["a login that failed before the call", fault("upstream_auth", "test", { beforeResponse: true })],
  ])("%s: its other deployments follow behind everybody else, in their order", (_, failing) => {
    const order = orderOf(lineOf("a/1, a/2, b/1, a/3, c/1!"), { "a/1": failing });
    expect(order).toEqual(["a/1", "b/1", "c/1", "a/2", "a/3"]);
  });

  test.each<[string, Fault]>([
    ["no content in time", fault("timeout", "test")],
    ["403", fault("upstream_auth", "test", { status: 403 })],
    ["a refusal inside a 200", fault("upstream_auth", "test", { status: 200 })],
    ["a refusal without a status", fault("upstream_auth", "test")],
    ...(["model_missing", "rate_limited", "overloaded", "malformed", "interrupted"] as const).map(
      (kind): [string, Fault] => [kind, fault(kind, "test", { status: 500 })],
    ),
  ])("%s is none: the chain keeps its order", (_, failing) => {
    const order = orderOf(lineOf("a/1, a/2, b/1"), { "a/1": failing });
    expect(order).toEqual(["a/1", "a/2", "b/1"]);
  });

  test("of two providers puts both off, and of the only one nobody", () => {
    const both = lineOf("a/1, a/2, b/1, b/2, c/1");
    expect(orderOf(both, { "a/1": NETWORK, "b/1": UNREACHED })).toEqual(["a/1", "b/1", "c/1", "a/2", "b/2"]);
    expect(orderOf(lineOf("a/1, a/2, a/3"), { "a/1": NETWORK, "a/2": NETWORK })).toEqual([
      "a/1",
      "a/2",
      "a/3",
    ]);
  });

  test("costs at most two calls before another provider is called", () => {
    const line = lineOf("a/1, a/2, a/3, a/4, b/1", new Map(), 3);
    const first = line.next(0);
    const reset = fault("network", "test", { beforeResponse: true });
    expect(line.mayRetry(reset, 1)).toBe(true);
    if (first) line.failed(first, reset);
    expect(line.next(2)?.deployment.id).toBe("b/1");
    expect(line.next(3)).toBeNull();
  });
});

describe("who began to rest since the plan was made", () => {
  test("is called behind the chain, but before the deployments of a lost provider", () => {
    const rests = new Map<string, Rest>();
    const line = lineOf("a/1, a/2, b/1, b/2, c/1!, a/3", rests);
    expect(line.next(0)?.deployment.id).toBe("a/1");
    rests.set("b/1", REST).set("a/3", REST).set("c/1", REST);
    line.failed({ deployment: deployment("a/1"), rest: null }, NETWORK);
    expect(orderOf(line, {}, 1)).toEqual(["b/2", "c/1", "b/1", "a/2", "a/3"]);
  });

  test("is put off as well when its provider is lost meanwhile", () => {
    const rests = new Map<string, Rest>();
    const line = lineOf("a/1, b/1, c/1, b/2", rests);
    line.next(0);
    rests.set("b/1", REST).set("c/1", REST);
    expect(orderOf(line, { "b/2": NETWORK }, 1)).toEqual(["b/2", "c/1", "b/1"]);
  });

  test("changes nothing before the first call", () => {
    const line = lineOf("a/1, b/1", new Map([["a/1", REST]]));
    expect(line.next(0)?.deployment.id).toBe("a/1");
  });
});

test("after a context overflow only larger windows are called, put off or not", () => {
  const tooLong = fault("context_too_long", "test");
  const names = "a/1 100, b/1, b/2 100, b/3 50, a/2 200, c/1 300, c/2 200";
  expect(orderOf(lineOf(names), { "a/1": tooLong, "a/2": NETWORK, "c/1": tooLong })).toEqual([
    "a/1",
    "a/2",
    "c/1",
  ]);
  expect(orderOf(lineOf("a/1, b/1 999, c/1 1001"), { "a/1": tooLong })).toEqual(["a/1", "c/1"]);
});

test("a window that the upstream names counts, not the one that its model was made for", () => {
  const tooLong = fault("context_too_long", "test", { windowTokens: 4_096 });
  expect(orderOf(lineOf("a/1 131072, b/1 4096, c/1 8192"), { "a/1": tooLong })).toEqual(["a/1", "c/1"]);
});

test.each(Object.keys(FAULTS) as FaultKind[])("%s ends the line where the table says so", (kind) => {
  const order = orderOf(lineOf("a/1 10, b/1 20"), { "a/1": fault(kind, "test") });
  expect(order).toEqual(FAULTS[kind].next === "no" ? ["a/1"] : ["a/1", "b/1"]);
});

test.each<[Fault, number, boolean]>([
  [fault("network", "test", { beforeResponse: true }), 1, true],
  [fault("network", "test", { beforeResponse: true }), 5, false],
  [NETWORK, 1, false],
  [fault("timeout", "test", { beforeResponse: true }), 1, false],
])("the same candidate is called again only after an early end, and while calls are left (%#)", (...it) => {
  const [failing, calls, expected] = it;
  expect(lineOf("a/1", new Map(), 5).mayRetry(failing, calls)).toBe(expected);
});
