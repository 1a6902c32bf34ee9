import { describe, expect, test } from "bun:test";
import { SHOWN } from "../../testing/dialect-case.ts";
import { textOf, type WireStream, wireCorpus } from "../../testing/hostile/wire-corpus.ts";
import { relay } from "../../testing/streams.ts";
import type { DialectId } from "../contract.ts";
import { DIALECTS } from "./list.ts";

/** An answer costs no more than its length, however deep or finely cut it is: everything runs on the one thread. */

const DEPTH = 200_000;
const DEEP = {
  lists: `${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`,
  objects: `${'{"a":'.repeat(DEPTH)}1${"}".repeat(DEPTH)}`,
};
/** Each takes well under half a second; a square of what is repeated takes from five seconds to minutes. */
const AT_MOST_MS = 3_000;

function timed<Result>(work: () => Result): Result {
  const startedMs = performance.now();
  const result = work();
  expect(performance.now() - startedMs).toBeLessThan(AT_MOST_MS);
  return result;
}

const isJson = (reply: string) => reply.trimStart().startsWith("{");
/** With this as the value of one more field, at the top and within. */
function deepened(reply: string, deep: string): string[] {
  const texts = [
    reply.replace("{", () => `{"deep":${deep},`),
    reply.trimEnd().replace(/\}$/, () => `,"deep":${deep}}`),
    reply.replace(/"(role|text|content|values|id)":("[^"]*"|\d+)/, (_, name) => `"${name}":${deep}`),
  ];
  return texts.filter((text) => text.length > reply.length + DEPTH);
}

describe.each(Object.keys(DIALECTS) as DialectId[])("%s", (id) => {
  const dialect = DIALECTS[id];
  const { replies, streams } = wireCorpus(id);
  const said = replies.filter(isJson);
  const whole = streams.find(
    (it) => relay(dialect.streamReader({ ...SHOWN, showUsage: true }), textOf(it)).fault === null,
  );
  const stream: WireStream = whole ?? { isBinary: false, events: [] };

  test.each(
    Object.entries(DEEP),
  )("an answer that holds two hundred thousand %s in each other is malformed", (_, deep) => {
    for (const text of said.slice(0, 3).flatMap((reply) => deepened(reply, deep))) {
      expect(timed(() => dialect.decodeChat(text, SHOWN))).toMatchObject({ kind: "malformed" });
      const vectors = timed(() => dialect.decodeEmbeddings(text, { ...SHOWN, encoding: "base64" }));
      expect("kind" in vectors).toBe(true);
      timed(() => dialect.decodeModels(text));
      expect(timed(() => dialect.fault(400, new Headers(), text, 0)).kind).toBeString();
    }
  });

  test.each(Object.entries(DEEP))("so is a stream with such an event (%s)", (_, deep) => {
    const event = stream.events.find(({ payload }) => payload !== undefined);
    const json = JSON.stringify(event?.payload);
    if (stream.isBinary || event === undefined) return;
    for (const text of deepened(json, deep)) {
      const reader = dialect.streamReader({ ...SHOWN, showUsage: true });
      const { out, fault } = timed(() => relay(reader, event.head + text + event.tail));
      expect(fault).not.toBeNull();
      expect(out).not.toContain("[[[[");
    }
  });

  test("fifty thousand events, in one piece and byte by byte, in as much time as they are long", () => {
    const places = stream.events.flatMap(({ payload }, at) => (payload === undefined ? [] : [at]));
    const middle = places[Math.floor(places.length / 2)] ?? 0;
    const [event] = stream.events.slice(middle);
    const many = Array.from({ length: 50_000 }, () => event).filter((it) => it !== undefined);
    const text = textOf({ ...stream, events: stream.events.toSpliced(middle, 0, ...many) });
    const read = (cuts: number[]) =>
      timed(() => relay(dialect.streamReader({ ...SHOWN, showUsage: true }), text, cuts));
    const { out, fault } = read([]);
    const bytes = Array.from({ length: Math.min(text.length, 300_000) }, (_, at) => at);
    const slowly = read(bytes);
    expect([slowly.out.length, slowly.fault?.kind]).toEqual([out.length, fault?.kind]);
  });

  test("an event that never ends is given up, and is not looked through again with each piece", () => {
    const [event] = stream.events;
    const head = stream.isBinary ? "\u0000\u00ff\u0000\u0000" : `${event?.head ?? ""}{"a":"`;
    const text = head + "x".repeat(9 * 2 ** 20);
    const cuts = Array.from({ length: 9_000 }, (_, at) => at * 1024);
    const { out, fault } = timed(() =>
      relay(dialect.streamReader({ ...SHOWN, showUsage: true }), text, cuts),
    );
    expect(fault?.kind).toBe("malformed");
    expect(out.length).toBeLessThan(1_000);
  });
});
