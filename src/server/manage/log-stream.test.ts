import { expect, test } from "bun:test";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { requestIdOf } from "../../core/ids.ts";
import type { LedgerRow } from "../../ledger/row.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, OTHER_ORG_ID, START_MS } from "../../testing/manage.ts";

const scene = await manageScene();
const PATH = "/api/v1/logs/stream";
let sequence = 0;

async function write(row: Partial<LedgerRow> = {}): Promise<string> {
  sequence += 1;
  await scene.ledger.write(sampleRow({ timeMs: START_MS, ...row, sequence }));
  return requestIdOf(sequence);
}

/** What a client of the tail hears. */
async function listen(secret: string, query = "", lastEventId?: string) {
  const headers = {
    authorization: `Bearer ${secret}`,
    ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
  };
  const reply = await fetch(`${scene.url}${PATH}${query}`, { headers });
  expect(reply.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const body = reply.body?.getReader();
  const events: EventSourceMessage[] = [];
  const comments: string[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onComment: (comment) => comments.push(comment),
  });
  const decoder = new TextDecoder();
  /** False once the stream is over. */
  const more = async (): Promise<boolean> => {
    const { done, value } = (await body?.read()) ?? { done: true };
    if (value) parser.feed(decoder.decode(value, { stream: true }));
    return !done;
  };
  // The server is listening from its first words on.
  await more();
  return {
    events,
    comments,
    more,
    async until(count: number) {
      while (events.length < count && (await more())) {}
      return events;
    },
    cancel: () => body?.cancel(),
  };
}

const idsOf = (events: readonly EventSourceMessage[]) => events.map(({ data }) => JSON.parse(data).id);

test("a request that ends is told as the list shows it, and only what began before is not", async () => {
  const { secret } = await scene.keyWith(["read"]);
  await write();
  const tail = await listen(secret);
  const id = await write({ model: "gpt-4o" });
  const [event] = await tail.until(1);
  expect(event?.event).toBeUndefined();
  const { data } = await jsonOf(scene.call("GET", "/api/v1/logs?limit=1", secret));
  expect(JSON.parse(event?.data ?? "")).toEqual(data[0]);
  expect(data[0].id).toBe(id);
  await tail.cancel();
});

test("rows are chosen by the server, and no organization hears of another", async () => {
  const own = (await scene.keyWith(["read"])).secret;
  const stranger = (await scene.keyWith(["read"], OTHER_ORG_ID)).secret;
  const tails = {
    errors: await listen(own, "?status=error&provider=openai"),
    fallbacks: await listen(own, "?fallback=true"),
    others: await listen(stranger),
  };
  await write({});
  const error = await write({ status: "error", fallbackUsed: false });
  await write({ status: "error", provider: "azure" });
  const fallback = await write({ fallbackUsed: true });
  const foreign = await write({ orgId: OTHER_ORG_ID, status: "error", fallbackUsed: true });
  expect(idsOf(await tails.errors.until(1))).toEqual([error]);
  expect(idsOf(await tails.fallbacks.until(1))).toEqual([fallback]);
  expect(idsOf(await tails.others.until(1))).toEqual([foreign]);
  // One more for each: had anything else been told, it would stand between.
  const last = await write({ status: "error", fallbackUsed: true });
  expect(idsOf(await tails.errors.until(2))).toEqual([error, last]);
  expect(idsOf(await tails.fallbacks.until(2))).toEqual([fallback, last]);
  for (const tail of Object.values(tails)) await tail.cancel();
});

test("who comes back with the last id misses nothing and hears nothing twice", async () => {
  const { secret } = await scene.keyWith(["read"]);
  const tail = await listen(secret);
  await write();
  const [seen] = await tail.until(1);
  await tail.cancel();
  const missed = [await write(), await write()];
  const again = await listen(secret, "", seen?.id);
  expect(idsOf(await again.until(2))).toEqual(missed);
  await again.cancel();
});

test.each([
  ["of another run", "zzz-3"],
  ["of the future", "-1"],
  ["no id", "hello"],
  ["an id with a huge number", `x-${"9".repeat(400)}`],
])("an id that is unknown (%s) begins with a gap of unknown size, then goes on", async (_, id) => {
  const { secret } = await scene.keyWith(["read"]);
  const tail = await listen(secret, "", id);
  await write();
  const events = await tail.until(2);
  expect(events[0]).toMatchObject({ event: "gap", data: '{"missed":null}' });
  expect(idsOf(events.slice(1))).toEqual([requestIdOf(sequence)]);
  await tail.cancel();
});

test("a reader that is too slow is told how many rows it missed, and costs no memory for them", async () => {
  const { secret } = await scene.keyWith(["read"]);
  const tail = await listen(secret);
  await write();
  const [first] = await tail.until(1);
  await tail.cancel();
  for (let n = 0; n < 4_500; n += 500) await Promise.all(Array.from({ length: 500 }, () => write()));
  const again = await listen(secret, "", first?.id);
  const [gap] = await again.until(1);
  expect(gap?.event).toBe("gap");
  const { missed } = JSON.parse(gap?.data ?? "");
  const rest = (await again.until(1 + 4_500 - missed)).slice(1);
  expect(rest).toHaveLength(4_500 - missed);
  expect(missed).toBeGreaterThan(0);
  expect(idsOf(rest).at(-1)).toBe(requestIdOf(sequence));
  await again.cancel();
});

test("rows that come one by one are told together, four times a second at most", async () => {
  const { secret } = await scene.keyWith(["read"]);
  const tail = await listen(secret);
  const startMs = performance.now();
  let chunks = 0;
  const reading = (async () => {
    while (tail.events.length < 60 && (await tail.more())) chunks += 1;
  })();
  for (let n = 0; n < 60; n++) await write();
  await reading;
  expect(tail.events).toHaveLength(60);
  expect(chunks).toBeLessThanOrEqual((performance.now() - startMs) / 250 + 2);
  await tail.cancel();
});

test.each<[string, (id: string) => Promise<unknown>]>([
  ["revoked", (id) => scene.keys.revoke(id)],
  ["no longer allowed to read", (id) => scene.keys.update(id, { scopes: ["inference"] })],
])("the tail of a key that is %s ends, and tells nothing from then on", async (_, change) => {
  const { secret, id } = await scene.keyWith(["read"]);
  const tail = await listen(secret);
  await change(id);
  await write();
  while (await tail.more()) {}
  expect(tail.events).toEqual([]);
});

test("while nothing happens a comment keeps the connection", async () => {
  const { secret } = await scene.keyWith(["read"]);
  const tail = await listen(secret);
  scene.clock.advance(15_000);
  await tail.more();
  expect(tail.comments).toEqual(["still here"]);
  expect(tail.events).toEqual([]);
  await tail.cancel();
});

test("the program does not wait for those who listen: their streams end when it stops", async () => {
  const { secret } = await scene.keyWith(["read"]);
  const tail = await listen(secret);
  const isStopped = scene.stop(60_000);
  while (await tail.more()) {}
  await isStopped;
  expect(tail.events).toEqual([]);
});
