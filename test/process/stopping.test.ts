import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { completion, streamEvents } from "../../src/testing/openai-replies.ts";
import { type Answer, ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { openStream, providerEntry, root, type ServerOptions, ServerProcess, startServer } from "./server.ts";

const LONG_MS = 30_000;
const AT_ONCE = 200;
/** Nano-USD of one stream: 10 tokens at 1,000, 5 at 4,000. */
const COST = 30_000;
const events = streamEvents("m", ["word"]);
const [role = "", word = ""] = events;

let upstream: ScriptedUpstream;
let answers: Answer[] = [];
const PRICED = { id: "m", price: { input: 1, output: 4 } };
const servers: ServerProcess[] = [];

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("m", (_, answer) => {
    answer.startStream();
    answer.chunk(role + word);
    answers.push(answer);
  });
  upstream.on("quick", (_, answer) => answer.json(200, completion("quick", "fine")));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
  answers = [];
});
afterAll(() => upstream.stop());

async function start(drainMs: number, options: ServerOptions = {}): Promise<ServerProcess> {
  const config = {
    server: { drain_ms: drainMs },
    providers: [providerEntry("one", upstream.baseUrl, [], { models: [PRICED, { id: "quick" }] })],
  };
  const server = await startServer({ config, ...options });
  servers.push(server);
  return server;
}

/** Lets every open stream of the upstream go on to its end. */
function finishAll(): void {
  for (const answer of answers.splice(0)) {
    for (const event of events.slice(2)) answer.chunk(event);
    answer.endStream();
  }
}

/** Resolves when nothing new is let in. */
async function untilClosed(server: ServerProcess): Promise<void> {
  while (
    await server.get("/healthz", null).then(
      () => true,
      () => false,
    )
  );
}

const launchers: [string, readonly string[]][] = [
  ["by the launcher", ["sh", `${root}/bin/nyuro`, "serve"]],
  ["by npm start", ["npm", "start"]],
  ["without the launcher", [process.execPath, "src/main.ts", "serve"]],
];

test.each(launchers)("started %s, SIGTERM lets what is open finish, then ends with 0", async (_, command) => {
  const server = await start(LONG_MS, { command });
  const streams = await Promise.all(Array.from({ length: AT_ONCE }, () => openStream(server, "m")));
  expect((await server.chat("quick")).status).toBe(200);
  server.signal("SIGTERM");
  await untilClosed(server);
  finishAll();
  for (const { rest } of streams) expect(await rest()).toEndWith("data: [DONE]\n\n");
  expect(await server.ended()).toBe(0);
  const rows = server.rows();
  expect(rows).toHaveLength(AT_ONCE + 1);
  expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(["ok"]));
  expect(rows.reduce((sum, row) => sum + (row.cost_nano_usd ?? 0), 0)).toBe(AT_ONCE * COST);
  expect(server.holds()).toEqual([]);
});

test("streams beyond the window are told so in band, and the exit code is 0 all the same", async () => {
  const server = await start(50);
  const streams = await Promise.all(Array.from({ length: 10 }, () => openStream(server, "m")));
  server.signal("SIGTERM");
  for (const { rest } of streams) {
    const text = await rest();
    expect(text).toContain('"code":"shutting_down"');
    expect(text).not.toContain("[DONE]");
  }
  expect(await server.ended()).toBe(0);
  expect(server.rows().map(({ status }) => status)).toEqual(Array(10).fill("interrupted"));
  expect(server.out + server.err).not.toMatch(/^ +at |\.ts:\d+/m);
});

test("a second SIGTERM does not wait; two at once, as a supervisor and npm send them, are one", async () => {
  const server = await start(LONG_MS);
  const { rest } = await openStream(server, "m");
  const left = rest().catch(() => "cut");
  const beganMs = performance.now();
  server.signal("SIGTERM");
  server.signal("SIGTERM");
  await untilClosed(server);
  finishAll();
  expect(await left).toEndWith("[DONE]\n\n");
  expect(await server.ended()).toBe(0);

  const impatient = await start(LONG_MS);
  const cut = openStream(impatient, "m").then(({ rest }) => rest().catch(() => "cut"));
  while (answers.length === 0) await new Promise((later) => setImmediate(later));
  const again = setInterval(() => impatient.signal("SIGTERM"), 50);
  expect(await impatient.ended()).toBe(1);
  clearInterval(again);
  expect(await cut).not.toContain("[DONE]");
  expect(performance.now() - beganMs).toBeLessThan(LONG_MS / 2);
});

test("SIGINT is SIGTERM, and an idle server ends at once", async () => {
  const server = await start(LONG_MS);
  const beganMs = performance.now();
  server.signal("SIGINT");
  expect(await server.ended()).toBe(0);
  expect(performance.now() - beganMs).toBeLessThan(LONG_MS / 2);
});

test("SIGTERM to a server that has not said it is ready yet ends it with 0 as well", async () => {
  // A provider that is asked for its models and never answers keeps the banner back; the port is open by then.
  let asked: () => void = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const silent = (await ScriptedUpstream.start()).on("*", () => asked());
  const config = { providers: [{ id: "box", preset: "vllm", base_url: silent.baseUrl }] };
  const server = new ServerProcess({ config });
  servers.push(server);
  await isAsked;
  expect(server.out).toBe("");
  expect(await server.stop()).toBe(0);
  await silent.stop();
});
