import { afterEach, beforeEach, expect, test } from "bun:test";
import { deployment } from "../testing/catalog.ts";
import { type FixedClock, fixedClock } from "../testing/clock.ts";
import { startGateway, type TestGateway, testProvider } from "../testing/gateway.ts";
import { completion } from "../testing/openai-replies.ts";
import { type Answer, ScriptedUpstream, type UpstreamRequest } from "../testing/scripted-upstream.ts";

/*
 * Drills at 200 requests per second that come whether or not earlier ones were answered. Provider one, first in the
 * chain with one deployment or several, gets everything while it is well; provider two, behind it, never fails. Time is
 * the drill's own: it moves by 5 ms, a request is sent, what is due is answered, and the next step waits until every
 * open request is held by a provider again. So nothing depends on how fast the machine is.
 */

const STEP_MS = 5;
/** What a provider takes for an answer: eight are under way at any time. */
const SERVICE_MS = 40;
const FIRST_REST_MS = 5_000;

type Mood = "well" | "overloaded" | "reset" | "limited";

interface Call {
  /** `one/a` */
  id: string;
  atMs: number;
  /** Calls of this deployment under way then, itself included. */
  atOnce: number;
  /** Answers of this deployment until then, since provider one last became well. */
  answersBefore: number;
  status: number;
}

interface Held {
  id: string;
  dueMs: number;
  answer: Answer;
}

interface Seen {
  atMs: number;
  status: number;
  /** Deployments called, in order, retries included. */
  attempts: string[];
  reason: string;
}

let clock: FixedClock;
let nyuro: TestGateway;
let one: ScriptedUpstream;
let two: ScriptedUpstream;
let mood: Mood;
let calls: Call[];
let held: Held[];
let answered: Map<string, number>;
let seen: Seen[];
let sent: number;
let look: () => void;
/** What a limited provider one still lets through until `endMs`. */
let allowance: { left: number; endMs: number };

beforeEach(async () => {
  mood = "well";
  [calls, held, seen, sent] = [[], [], [], 0];
  answered = new Map();
  look = () => {};
  allowance = { left: 0, endMs: 0 };
  clock = fixedClock(1_800_000_000_000);
  one = await ScriptedUpstream.start();
  two = await ScriptedUpstream.start();
  one.on("*", (request, answer) => arrives("one", request, answer));
  two.on("*", (request, answer) => arrives("two", request, answer));
});
afterEach(async () => {
  await nyuro.stop();
  await one.stop();
  await two.stop();
});

function start(deployments: number): void {
  const models = ["a", "b", "c", "d", "e", "f"].slice(0, deployments);
  nyuro = startGateway({
    clock,
    providers: [testProvider("one", one.baseUrl), testProvider("two", two.baseUrl)],
    deployments: [...models.map((model) => deployment(`one/${model}`)), deployment("two/z")],
    aliases: { m: [...models, "z"] },
  });
}

function arrives(provider: "one" | "two", { body }: UpstreamRequest, answer: Answer): void {
  const [id, atMs] = [`${provider}/${body.model}`, clock.monotonic()];
  const atOnce = held.filter((it) => it.id === id).length + 1;
  const call = { id, atMs, atOnce, answersBefore: answered.get(id) ?? 0, status: 200 };
  calls.push(call);
  const now = provider === "one" ? mood : "well";
  if (now === "overloaded" || now === "reset") refuse(answer);
  else if (now === "limited" && !isLetThrough(atMs)) {
    call.status = 429;
    const waitS = Math.ceil((allowance.endMs - atMs) / 1000);
    answer.json(429, { error: { message: "slow down" } }, { "retry-after": `${waitS}` });
  } else held.push({ id, dueMs: atMs + SERVICE_MS, answer });
  look();
}

function refuse(answer: Answer): void {
  if (mood === "reset") answer.reset();
  else answer.json(503, { error: { message: "overloaded" } });
}

/** A hundred calls every three seconds. */
function isLetThrough(atMs: number): boolean {
  if (atMs >= allowance.endMs) allowance = { left: 100, endMs: atMs - (atMs % 3_000) + 3_000 };
  allowance.left -= 1;
  return allowance.left >= 0;
}

function give({ id, answer }: Held): void {
  answered.set(id, (answered.get(id) ?? 0) + 1);
  answer.json(200, completion(id.slice(4), "Hello"));
}

async function send(): Promise<void> {
  const atMs = clock.monotonic();
  sent += 1;
  const reply = await nyuro.chat({ model: "m", messages: [{ role: "user", content: "Hello" }] });
  await reply.text();
  const { headers, status } = reply;
  const told = (headers.get("x-nyuro-attempts") ?? "").split(", ");
  const attempts = told.map((it) => it.split("=")[0] ?? "");
  seen.push({ atMs, status, attempts, reason: headers.get("x-nyuro-route-reason") ?? "" });
  look();
}

/** Every request that is open waits at a provider. */
async function settled(): Promise<void> {
  while (sent - seen.length > held.length)
    await new Promise<void>((resolve) => {
      look = resolve;
    });
}

async function step(): Promise<void> {
  clock.advance(STEP_MS);
  const due = held.filter(({ dueMs }) => dueMs <= clock.monotonic());
  held = held.filter((it) => !due.includes(it));
  due.forEach(give);
  await settled();
}

/** Traffic for so long. */
async function drive(ms: number): Promise<void> {
  for (let i = 0; i < ms / STEP_MS; i++) {
    await step();
    void send();
    await settled();
  }
}

/** Until everything is answered; nobody asks meanwhile. */
async function drain(): Promise<void> {
  while (held.length > 0) await step();
}

/** From now on provider one is like this, to those that wait for it too. */
async function turns(to: "well" | "overloaded" | "reset" | "gone"): Promise<void> {
  if (to === "gone") await one.stop();
  else mood = to;
  answered.clear();
  if (to === "well") return;
  const waiting = held.filter(({ id }) => id.startsWith("one/"));
  held = held.filter((it) => !waiting.includes(it));
  for (const { answer } of waiting) if (to !== "gone") refuse(answer);
  await settled();
}

const failures = () => seen.filter(({ status }) => status !== 200);
const callsOf = (prefix: string, sinceMs = 0) =>
  calls.filter(({ id, atMs }) => id.startsWith(prefix) && atMs >= sinceMs);
const triedOne = ({ attempts }: Seen) => attempts.some((id) => id.startsWith("one/"));

// A fault of one deployment alone costs a call, so no more of those than there are attempts.
const DEATHS = [
  ["reset", 1],
  ["gone", 1],
  ["overloaded", 1],
  ["reset", 6],
  ["gone", 6],
  ["overloaded", 4],
] as const;

test.each(DEATHS)("a provider that dies (%s, %i deployments) costs clients nothing", async (...it) => {
  const [death, deployments] = it;
  start(deployments);
  await drive(500);
  expect(callsOf("two/")).toEqual([]);
  expect(callsOf("one/a")).toHaveLength(100);
  const before = seen.length;
  const diedMs = clock.monotonic();
  await turns(death);
  await drive(6_000);
  await drain();
  expect(failures()).toEqual([]);

  const inOutage = seen.slice(before);
  const late = inOutage.filter(({ atMs }) => atMs > diedMs);
  expect(late).toHaveLength(1_200);
  // Besides those that were under way when it died.
  const beforeProbes = late.filter(({ atMs }) => atMs < diedMs + FIRST_REST_MS);
  expect(beforeProbes.filter(triedOne).length).toBeLessThanOrEqual(3);
  // Later each of its deployments is probed once.
  expect(late.filter(triedOne).length).toBeLessThanOrEqual(3 + deployments);
  const made = inOutage.reduce((sum, { attempts }) => sum + attempts.length, 0);
  expect(made).toBeLessThanOrEqual(1.1 * inOutage.length);
});

test.each(DEATHS)("one found dead (%s, %i deployments) is left after three requests", async (...it) => {
  const [death, deployments] = it;
  start(deployments);
  await turns(death);
  await drive(1_000);
  await drain();
  expect(failures()).toEqual([]);
  expect(seen.filter(triedOne)).toHaveLength(3);
  expect(seen.slice(3).every(({ reason }) => reason === "alias; fallback=resting")).toBe(true);
});

test.each([
  1, 3,
])("a provider that recovers is back at its probe, not flooded (%i deployments)", async (deployments) => {
  start(deployments);
  await drive(500);
  await turns("overloaded");
  await drive(1_000);
  const untilMs = nyuro.gateway.health.rest("one/a")?.untilMs ?? 0;
  expect(untilMs).toBeGreaterThan(clock.monotonic());
  await turns("well");
  const wellMs = clock.monotonic();
  await drive(6_000);

  const back = callsOf("one/", wellMs + STEP_MS);
  const first = back[0]?.atMs ?? 0;
  expect(first).toBeGreaterThanOrEqual(untilMs);
  expect(first).toBeLessThanOrEqual(untilMs + STEP_MS);
  // One until it has answered, then one more at a time with every answer.
  expect(back.filter(({ atOnce, answersBefore }) => atOnce > answersBefore + 1)).toEqual([]);
  expect(nyuro.gateway.health.view("one/a").breaker).toBe("closed");
  expect(callsOf("two/", clock.monotonic() - 1_000)).toEqual([]);
  await drain();
  expect(failures()).toEqual([]);
});

test("a probe that fails costs its client nothing and doubles the rest", async () => {
  start(1);
  await turns("overloaded");
  for (const pauseMs of [0, 4_400, 9_300]) {
    clock.advance(pauseMs);
    await drive(500);
    await drain();
  }
  expect(failures()).toEqual([]);
  const [, , opened = 0, probe = 0, second = 0, ...others] = callsOf("one/").map(({ atMs }) => atMs);
  expect([probe - opened, second - probe, others]).toEqual([5_000, 10_000, []]);
});

test.each([
  1, 3,
])("a storm of 429s is respected to the second, and nobody waits (%i deployments)", async (deployments) => {
  start(deployments);
  mood = "limited";
  await drive(7_000);
  await drain();
  expect(failures()).toEqual([]);
  const refused = callsOf("one/").filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(3);
  expect(calls.length).toBeLessThanOrEqual(1.1 * sent);
  for (const { id, atMs } of refused) {
    const waitMs = Math.ceil((3_000 - (atMs % 3_000)) / 1000) * 1000;
    const next = callsOf(id, atMs + 1)[0]?.atMs ?? Number.POSITIVE_INFINITY;
    expect(next).toBeGreaterThanOrEqual(atMs + waitMs);
    if (id === "one/a" && next !== Number.POSITIVE_INFINITY) expect(next).toBe(atMs + waitMs);
  }
  expect(Math.max(...seen.map(({ attempts }) => attempts.length))).toBeLessThanOrEqual(1 + deployments);
});

test("where all are limited the client is told to wait for what remains, and nobody is called", async () => {
  start(1);
  two.on("*", (_, answer) => answer.json(429, { error: { message: "slow down" } }, { "retry-after": "30" }));
  one.on("*", (_, answer) => answer.json(429, { error: { message: "slow down" } }, { "retry-after": "7" }));
  await send();
  expect(failures()).toHaveLength(1);
  clock.advance(2_000);
  const before = one.requests.length + two.requests.length;
  const reply = await nyuro.chat({ model: "m", messages: [{ role: "user", content: "Hello" }] });
  expect([reply.status, reply.headers.get("retry-after"), reply.headers.get("retry-after-ms")]).toEqual([
    429,
    "5",
    "5000",
  ]);
  expect(one.requests.length + two.requests.length).toBe(before);
});
