import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { completion, DONE, deltaEvent, usageEvent } from "../../src/testing/openai-replies.ts";
import { type Answer, ScriptedUpstream, type UpstreamRequest } from "../../src/testing/scripted-upstream.ts";
import { freshFolder, KEY, providerEntry, type ServerProcess, startServer } from "./server.ts";

/** Where the server is killed, in the life of one request. */
const POINTS = [
  "half of the request's body was sent",
  "the request is held and at the provider, unanswered",
  "the provider has sent its head",
  "the provider has sent half of its answer",
  "the provider has sent all of its answer",
  "the client has read its answer",
  "a stream has begun",
  "a stream has its first word",
  "a stream is in its middle",
  "a stream has its usage, and no end",
  "a stream has its end",
  "the client has read its stream",
] as const;
type Point = (typeof POINTS)[number];

const TIMES = 5;
/** Others under way meanwhile. */
const COMPANIONS = 4;
const USAGE = { prompt: 20, completion: 30 };
/** Nano-USD: 20 tokens at 1,000 and 30 at 4,000. */
const COST = 140_000;

interface Life {
  point: Point;
  isVictim: boolean;
  /** The provider has done its work, and will bill it. */
  isBilled: boolean;
  isRead: boolean;
}

const lives = new Map<string, Life>();
let server: ServerProcess;
let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("*", serve);
});
afterAll(() => upstream.stop());

function killAt(life: Life | undefined, point: Point): void {
  if (life?.isVictim && life.point === point) server.signal("SIGKILL");
}

async function serve(request: UpstreamRequest, answer: Answer): Promise<void> {
  const model = String(request.body.model);
  const life = lives.get(model);
  if (!life) return answer.json(404, {});
  killAt(life, "the request is held and at the provider, unanswered");
  await Bun.sleep(1);
  life.isBilled = true;
  if (request.body.stream === true) return stream(model, life, answer);
  const text = JSON.stringify(completion(model, "fine", USAGE));
  answer.raw(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n`);
  killAt(life, "the provider has sent its head");
  await Bun.sleep(1);
  answer.raw(text.slice(0, 40));
  killAt(life, "the provider has sent half of its answer");
  await Bun.sleep(1);
  answer.raw(text.slice(40));
  killAt(life, "the provider has sent all of its answer");
}

async function stream(model: string, life: Life, answer: Answer): Promise<void> {
  const steps: [string, Point | null][] = [
    [deltaEvent(model, { role: "assistant", content: "" }), "a stream has begun"],
    [deltaEvent(model, { content: "one" }), "a stream has its first word"],
    [deltaEvent(model, { content: " two" }), "a stream is in its middle"],
    [deltaEvent(model, {}, "stop"), null],
    [usageEvent(model, USAGE), "a stream has its usage, and no end"],
    [DONE, "a stream has its end"],
  ];
  answer.startStream();
  for (const [event, point] of steps) {
    answer.chunk(event);
    if (point) killAt(life, point);
    await Bun.sleep(1);
  }
  answer.endStream();
}

/** Asks once; whatever happens is no failure of the test: the server may be killed under it. */
async function ask(model: string, life: Life): Promise<void> {
  const isStream = /stream/.test(life.point);
  try {
    const reply = await server.chat(model, { stream: isStream, max_tokens: 100 });
    const text = await reply.text();
    life.isRead = isStream ? text.endsWith(DONE) : reply.status === 200 && text.endsWith("}");
    if (life.isRead)
      killAt(life, isStream ? "the client has read its stream" : "the client has read its answer");
  } catch {
    // cut: nothing was promised
  }
}

function sendHalf(): Promise<void> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-length: 100\r\n\r\n{"model":`,
        () => {
          server.signal("SIGKILL");
          resolve();
        },
      );
    });
    socket.on("error", () => {});
  });
}

test(`${POINTS.length * TIMES} × kill -9 at ${POINTS.length} points: no row lost or doubled, no hold left, and the bill is the provider's`, async () => {
  const folder = freshFolder();
  const models: string[] = [];
  const rounds = Array.from({ length: TIMES }, () => POINTS).flat();
  for (const [round] of rounds.entries())
    for (let i = 0; i <= COMPANIONS; i++) models.push(`m-${round}-${i}`);
  const entry = providerEntry("one", upstream.baseUrl, [], {
    models: models.map((id) => ({ id, price: { input: 1, output: 4 } })),
  });
  const start = async () => {
    server = await startServer({ folder, config: { providers: [entry] } });
  };
  await start();
  const budget = JSON.stringify({ budget: { limit_usd: "5" } });
  await fetch(`${server.url}/api/v1/orgs/org_default`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${KEY}` },
    body: budget,
  });
  for (const [round, point] of rounds.entries()) {
    if (round > 0) await start();
    const asked = Array.from({ length: COMPANIONS + 1 }, (_, index) => {
      const life: Life = { point, isVictim: index === 0, isBilled: false, isRead: false };
      const model = `m-${round}-${index}`;
      if (index === 0 && point === POINTS[0]) return sendHalf();
      lives.set(model, life);
      return ask(model, life);
    });
    await Promise.all(asked);
    await server.ended();
  }
  await start();
  const figures = JSON.parse(await (await server.get("/api/v1/budgets")).text()).data[0];
  expect(await server.stop()).toBe(0);
  reconcile(figures);
}, 120_000);

interface Kept {
  model: string;
  status: string;
  usage_source: string;
  cost_nano_usd: number | null;
}

function reconcile(figures: { spent_usd: string; reserved_usd: string }): void {
  const db = new Database(`${server.dataDir}/nyuro.db`, { readonly: true });
  expect(server.holds()).toEqual([]);
  expect(db.query("PRAGMA integrity_check").values()).toEqual([["ok"]]);
  const rows = db.query<Kept, []>("SELECT model, status, usage_source, cost_nano_usd FROM requests").all();
  db.close();
  const byModel = new Map(rows.map((row) => [row.model, row]));
  expect(byModel.size).toBe(rows.length);
  const wrong: unknown[] = [];
  const counts = { read: 0, billed: 0, held: 0 };
  for (const [model, life] of lives) {
    const row = byModel.get(model);
    if (life.isRead) counts.read += 1;
    if (life.isBilled) counts.billed += 1;
    if (row?.usage_source === "held") counts.held += 1;
    const isTold = row?.usage_source === "provider";
    const cost = row?.cost_nano_usd ?? 0;
    // What was read is known to the token; what was worked on is never missing, and never billed for less.
    const isRight = life.isRead
      ? isTold && cost === COST
      : !life.isBilled || (isTold ? cost === COST : cost >= COST);
    if (!isRight) wrong.push({ model, life, row });
  }
  expect(wrong).toEqual([]);
  const sum = rows.reduce((total, { cost_nano_usd }) => total + (cost_nano_usd ?? 0), 0);
  expect(figures).toMatchObject({ spent_usd: (sum / 1e9).toFixed(9), reserved_usd: "0.000000000" });
  expect(counts.held).toBeGreaterThanOrEqual(TIMES);
  expect(counts.read).toBeGreaterThanOrEqual(TIMES);
  console.log(
    `${lives.size} requests: ${counts.read} replies read, ${counts.billed} billed by the provider, ${counts.held} billed as held`,
  );
}

test("without a budget, and where nothing is paid, a request that was under way leaves a row as well", async () => {
  const folder = freshFolder();
  const models = [{ id: "paid", price: { input: 1, output: 4 } }, { id: "free" }];
  const slow = await ScriptedUpstream.start();
  slow.on("*", () => {});
  const config = { providers: [providerEntry("one", slow.baseUrl, [], { models })] };
  const first = await startServer({ folder, config });
  const asked = models.map(({ id }) => first.chat(id, { max_tokens: 10 }).catch(() => null));
  while (first.holds().length < 2) await Bun.sleep(5);
  await first.kill();
  await Promise.all(asked);
  const second = await startServer({ folder, config });
  expect(await second.stop()).toBe(0);
  await slow.stop();
  const rows = second.rows().toSorted((a, b) => String(a.model).localeCompare(String(b.model)));
  expect(rows).toMatchObject([
    { model: "free", status: "interrupted", usage_source: "held", cost_nano_usd: 0 },
    { model: "paid", status: "interrupted", usage_source: "held" },
  ]);
  expect(rows[1]?.cost_nano_usd).toBeGreaterThan(40_000);
  expect(second.holds()).toEqual([]);
});
