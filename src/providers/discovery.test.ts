import { describe, expect, test } from "bun:test";
import { type Discovered, Discovery } from "./discovery.ts";

interface Model {
  id: string;
  contextLength?: number;
}

/** What was told, in short: ids, or a whole model where more than its id is told. */
type Short = string | Model;
const shortOf = (model: Model): Short => (Object.keys(model).length === 1 ? model.id : model);
const modelOf = (it: Short): Model => (typeof it === "string" ? { id: it } : it);
const inShort = (discovered: Discovered<Model>) =>
  Object.fromEntries([...discovered].map(([id, models]) => [id, models.map(shortOf)]));

interface Timer {
  atMs: number;
  callback: () => void;
}

/** A discovery whose servers, timers and dice are in the test's hand. */
function watchOver(random = 0) {
  const servers = new Map<string, Short[] | null | "throws">();
  const asked: string[] = [];
  const changes: Record<string, readonly Short[]>[] = [];
  const timers = new Set<Timer>();
  let nowMs = 0;
  const discovery = new Discovery<{ id: string; local: boolean }, Model>({
    async fetchModels({ id }) {
      asked.push(id);
      const answer = servers.get(id) ?? null;
      if (answer === "throws") throw new Error("unreachable");
      return answer && answer.map(modelOf);
    },
    onChange: (discovered) => changes.push(inShort(discovered)),
    schedule(callback, delayMs) {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    random: () => random,
  });
  async function pass(ms: number) {
    const untilMs = nowMs + ms;
    for (;;) {
      const next = [...timers].filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      nowMs = next.atMs;
      timers.delete(next);
      next.callback();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
    nowMs = untilMs;
  }
  return { discovery, servers, asked, changes, timers, pass };
}

const LOCAL = { id: "ollama", local: true };
const REMOTE = { id: "groq", local: false };

describe("a local server", () => {
  test("is asked every 15 seconds and told of only when its list changes", async () => {
    const { discovery, servers, asked, changes, pass } = watchOver();
    servers.set("ollama", ["b", "a", "b"]);
    await discovery.use([LOCAL]);
    await pass(60_000);
    expect(asked.length).toBe(5);
    expect(changes).toEqual([{ ollama: ["a", "b"] }]);
    servers.set("ollama", ["a", "b", "c"]);
    await pass(15_000);
    expect(changes.at(-1)).toEqual({ ollama: ["a", "b", "c"] });
  });

  test.each([
    ["null"],
    ["throws"],
  ] as const)("stays after one miss, is gone after two, is back at once (%s)", async (kind) => {
    const { discovery, servers, changes, pass } = watchOver();
    servers.set("ollama", ["a"]);
    await discovery.use([LOCAL]);
    servers.set("ollama", kind === "throws" ? "throws" : null);
    await pass(15_000);
    expect(changes).toEqual([{ ollama: ["a"] }]);
    await pass(15_000);
    expect(changes.at(-1)).toEqual({});
    await pass(60_000);
    expect(changes.length).toBe(2);
    servers.set("ollama", ["a"]);
    await pass(15_000);
    expect(changes.at(-1)).toEqual({ ollama: ["a"] });
  });

  test("with no model loaded is there, with none", async () => {
    const { discovery, servers, changes } = watchOver();
    servers.set("ollama", []);
    await discovery.use([LOCAL]);
    expect(changes).toEqual([{ ollama: [] }]);
  });
});

describe("a remote provider", () => {
  test("is asked every 30 minutes and keeps its last list when it does not answer", async () => {
    const { discovery, servers, asked, changes, pass } = watchOver();
    servers.set("groq", ["a"]);
    await discovery.use([REMOTE]);
    await pass(29 * 60_000);
    expect(asked.length).toBe(1);
    servers.set("groq", null);
    await pass(24 * 3_600_000);
    expect(changes).toEqual([{ groq: ["a"] }]);
  });

  test("that failed is asked again soon, then ever later", async () => {
    const { discovery, asked, pass } = watchOver();
    await discovery.use([REMOTE]);
    await pass(7 * 60_000);
    expect(asked.length).toBe(4);
    await pass(2 * 3_600_000);
    expect(asked.length).toBeLessThan(12);
  });
});

test("what is told of a model counts as a change, an equal telling does not", async () => {
  const { discovery, servers, asked, changes, pass } = watchOver();
  servers.set("ollama", [{ id: "a", contextLength: 4_096 }, "b"]);
  await discovery.use([LOCAL]);
  servers.set("ollama", ["b", { id: "a", contextLength: 4_096 }, { id: "a", contextLength: 1 }]);
  await pass(15_000);
  expect(asked.length).toBe(2);
  expect(changes).toEqual([{ ollama: [{ id: "a", contextLength: 4_096 }, "b"] }]);
  servers.set("ollama", [{ id: "a", contextLength: 8_192 }, "b"]);
  await pass(15_000);
  expect(changes.at(-1)).toEqual({ ollama: [{ id: "a", contextLength: 8_192 }, "b"] });
  expect(changes.length).toBe(2);
});

test("polls are spread by up to a tenth of the interval", async () => {
  const { discovery, servers, timers } = watchOver(0.5);
  servers.set("ollama", ["a"]);
  await discovery.use([LOCAL]);
  expect([...timers].map((timer) => timer.atMs)).toEqual([15_750]);
});

test("two refreshes at once ask once, and leave one timer", async () => {
  const { discovery, servers, asked, timers } = watchOver();
  servers.set("ollama", ["a"]);
  await discovery.use([LOCAL]);
  await Promise.all([discovery.refreshNow("ollama"), discovery.refreshNow(), discovery.refreshNow("nobody")]);
  expect(asked.length).toBe(2);
  expect(timers.size).toBe(1);
});

test("a change of providers forgets those that left and keeps what is known of the others", async () => {
  const { discovery, servers, changes, timers } = watchOver();
  servers.set("ollama", ["a"]);
  servers.set("groq", ["g"]);
  await discovery.use([LOCAL, REMOTE]);
  servers.set("groq", null);
  await discovery.use([{ ...REMOTE }]);
  expect(changes.at(-1)).toEqual({ groq: ["g"] });
  expect(timers.size).toBe(1);
});

test("after stop nothing is asked or told, not even an answer under way", async () => {
  const { discovery, servers, asked, changes, timers, pass } = watchOver();
  servers.set("ollama", ["a"]);
  const first = discovery.use([LOCAL]);
  discovery.stop();
  await first;
  await pass(3_600_000);
  expect([asked.length, changes.length, timers.size]).toEqual([1, 0, 0]);
  expect(discovery.discovered().size).toBe(0);
});

test("the answer to an old address never lands in a new provider of the same id", async () => {
  const answers: ((models: Model[]) => void)[] = [];
  const changes: Record<string, readonly Short[]>[] = [];
  const discovery = new Discovery({
    fetchModels: () => new Promise<Model[] | null>((resolve) => answers.push(resolve)),
    onChange: (discovered) => changes.push(inShort(discovered)),
    schedule: () => () => {},
    random: () => 0,
  });
  const before = discovery.use([LOCAL]);
  const after = discovery.use([{ ...LOCAL }]);
  answers[1]?.([{ id: "new" }]);
  await after;
  answers[0]?.([{ id: "old" }]);
  await before;
  expect(changes).toEqual([{ ollama: ["new"] }]);
});

test("a server's endless list is cut", async () => {
  const { discovery, servers } = watchOver();
  servers.set(
    "ollama",
    Array.from({ length: 20_000 }, (_, index) => `m${index}`),
  );
  await discovery.use([LOCAL]);
  expect(discovery.discovered().get("ollama")?.length).toBe(5_000);
});
