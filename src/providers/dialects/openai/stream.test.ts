import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { fixtureCases } from "../../../testing/fixtures.ts";
import { dataOf, eventsOf, relay, understand } from "../../../testing/streams.ts";
import { dataEvent, fromLatin1, MAX_EVENT_BYTES, toLatin1 } from "../../frames.ts";
import { OpenAiStream } from "./stream.ts";

const reader = (rest: Partial<ConstructorParameters<typeof OpenAiStream>[0]> = {}) =>
  new OpenAiStream({ model: "m", showUsage: true, ...rest });

const chunk = (choices: unknown[], rest: Record<string, unknown> = {}) =>
  toLatin1(
    dataEvent(JSON.stringify({ id: "c1", object: "chat.completion.chunk", model: "m", choices, ...rest })),
  );
const delta = (fields: unknown, finish: string | null = null, index = 0) =>
  chunk([{ index, delta: fields, finish_reason: finish }]);
const ROLE = delta({ role: "assistant", content: "" });
const ONE = delta({ content: "one" });
const STOP = delta({}, "stop");
const USAGE = chunk([], { usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 } });
const DONE = "data: [DONE]\n\n";

const streams = fixtureCases(join(import.meta.dir, "fixtures")).flatMap((it) => it.stream ?? []);

test("any cuts give the same stream, fault and figures", () => {
  const cuts = fc.array(fc.nat({ max: 4000 }), { maxLength: 60 });
  fc.assert(
    fc.property(fc.constantFrom(...streams), fc.boolean(), cuts, (stream, showUsage, at) => {
      const sorted = at.filter((cut) => cut < stream.length).sort((a, b) => a - b);
      const figures = (cut: readonly number[]) => {
        const { out, fault, reader: it } = relay(reader({ showUsage }), stream, cut);
        return {
          out,
          fault,
          usage: it.usage,
          finish: it.finishReason,
          bytes: it.content.bytes,
          events: it.eventCount,
        };
      };
      expect(figures(sorted)).toEqual(figures([]));
    }),
    { numRuns: 600, seed: 20_261_122 },
  );
});

test("no bytes at all make it throw, and none are taken for an answer", () => {
  const junk = fc.array(
    fc.constantFrom("data:", " ", "{", "}", '"', "\n", "\r", "[DONE", "é", "\0", '"error"', "[]", ":null"),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(junk, (parts) => {
      const { fault, reader: it } = relay(reader(), parts.join(""), [3, 9, 20]);
      expect(fault !== null || it.doneEvent !== null).toBe(true);
    }),
    { numRuns: 3000, seed: 20_261_122 },
  );
});

describe("usage", () => {
  const beside = chunk([{ index: 0, delta: {}, finish_reason: "stop" }], {
    usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
  });
  const nothing = chunk([{ index: 0, delta: { content: "x" }, finish_reason: null }], { usage: null });
  const stream = ROLE + ONE + nothing + beside + USAGE + DONE;

  test("a client that did not ask is spared the frame of usage alone, nothing else", () => {
    expect(relay(reader({ showUsage: false }), stream).out).toBe(stream.replace(USAGE, ""));
    expect(relay(reader(), stream).out).toBe(stream);
  });

  test("is learnt although it is hidden", () => {
    const { reader: it } = relay(reader({ showUsage: false }), ROLE + ONE + STOP + USAGE + DONE);
    expect(it.usage).toEqual({ input: 7, cachedRead: 0, cacheWrite: 0, output: 2, reasoning: 0 });
  });

  test("the last one counts, they are never summed", () => {
    const growing = [1, 2, 3].map((tokens) =>
      chunk([{ index: 0, delta: { content: "x" }, finish_reason: null }], {
        usage: { prompt_tokens: 7, completion_tokens: tokens, total_tokens: 7 + tokens },
      }),
    );
    expect(relay(reader(), ROLE + growing.join("") + STOP + DONE).reader.usage?.output).toBe(3);
  });

  test.each([
    [500_000, 0.0005],
    [null, null],
  ])("a cost of %p nano-USD is shown as %p where it was asked for", (nanoUsd, shown) => {
    const { out } = relay(reader({ costOf: () => nanoUsd }), stream);
    const told = dataOf(out).flatMap((data) => (data === "[DONE]" ? [] : [JSON.parse(data).usage]));
    expect(told.filter(Boolean)).toEqual(
      Array(2).fill({ prompt_tokens: 7, completion_tokens: 2, total_tokens: 9, cost: shown }),
    );
    expect(eventsOf(out).slice(0, 3).join("")).toBe(ROLE + ONE + nothing);
  });

  test("figures that make no sense are not told", () => {
    const odd = chunk([], { usage: { prompt_tokens: -5, completion_tokens: 1.5 } });
    expect(relay(reader(), ROLE + ONE + STOP + odd + DONE).reader.usage).toBeNull();
  });
});

describe("the end", () => {
  test.each([
    ["nothing", ""],
    ["blank lines", "\n\n\r\n"],
    ["comments", ": a\n\n: b\n\n"],
  ])("a stream of %s is malformed", (_, stream) =>
    expect(relay(reader(), stream).fault?.kind).toBe("malformed"));

  test("every proper beginning of a stream is a fault until its finish reason, then complete", () => {
    const head = ROLE + ONE + delta({ content: " two }" });
    const stream = head + STOP + DONE;
    const finishedAt = head.length + STOP.trimEnd().length;
    for (let length = 1; length < stream.length; length++) {
      const { fault, out } = relay(reader(), stream.slice(0, length));
      if (length >= finishedAt) expect(fault).toBeNull();
      else expect(fault?.kind).toBe(length < 5 ? "malformed" : "interrupted");
      for (const event of eventsOf(out)) expect(stream).toContain(event);
    }
  });

  test("[DONE] is never in what is relayed before it, and is the provider's own", () => {
    for (const done of [DONE, "data:[DONE]\r\n\r\n", "event: done\ndata: [DONE]\n\n"]) {
      const it = reader();
      expect(it.read(ROLE + ONE + STOP + done).out).toBe(ROLE + ONE + STOP);
      expect(it.doneEvent).toBe(done);
      expect(it.close()).toEqual({ out: "", fault: null });
    }
  });

  test("a [DONE] that SDKs would refuse is written as they want it", () => {
    for (const done of ["data: [DONE] \n\n", "data: [DONE]\t\n\n"]) {
      expect(relay(reader(), ONE + STOP + done).reader.doneEvent).toBe(DONE);
    }
  });

  test("blank lines after [DONE] stay, anything else does not, in any cut", () => {
    const stream = ROLE + ONE + STOP + DONE;
    const tail = `\n\r\n${ONE}\n\n`;
    for (let at = 0; at < tail.length; at++) {
      expect(relay(reader(), stream + tail, [stream.length + at]).out).toBe(`${stream}\n\r\n`);
    }
  });

  test("nothing follows a fault", () => {
    const it = reader();
    expect(it.read(`${ROLE + ONE}data: {"error":{"message":"x"}}\n\n${ONE}`).out).toBe(ROLE + ONE);
    expect(it.read(ONE + STOP + DONE)).toEqual({ out: "", fault: null });
    expect(it.close()).toEqual({ out: "", fault: null });
    expect(it.doneEvent).toBeNull();
  });
});

describe("what is no chunk", () => {
  test.each([
    ["text", "data: hello\n\n", "malformed"],
    ["an array", "data: [1]\n\n", "malformed"],
    ["a number", "data: 1\n\n", "malformed"],
    ["two objects on a line", "data: {}{}\n\n", "malformed"],
    ["a truncated object", 'data: {"choices":[\n\n', "malformed"],
    ["a named error without an object", "event: error\ndata: overloaded\n\n", "overloaded"],
    ["an error as text", 'data: {"error":"rate limit exceeded"}\n\n', "rate_limited"],
    ["finish_reason error", delta({}, "error"), "overloaded"],
  ])("%s is a fault, before content and after", (_, event, kind) => {
    expect(relay(reader(), event + DONE).fault?.kind).toBe(kind as never);
    const late = relay(reader(), ROLE + ONE + event + DONE);
    expect(late.fault?.kind).toBe(kind as never);
    expect(late.out).toBe(ROLE + ONE);
  });

  test.each(['{"error":null,', '{"error":"",', '{"error":false,'])("%s… is none", (start) => {
    const event = ONE.replace("{", start);
    expect(relay(reader(), ROLE + event + STOP + DONE).out).toBe(ROLE + event + STOP + DONE);
  });

  test("an event without data text is left out; one without choices, which SDKs break at, gets an empty list", () => {
    const unknown = 'event: progress\ndata: {"percent":3}\n\n';
    const { out } = relay(reader(), `${ROLE}data:\n\n${ONE}data: \n\n${unknown}${STOP}${DONE}`);
    const known = chunk([], { percent: 3 });
    expect(eventsOf(out).map((event) => event.includes("percent"))).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
    expect(dataOf(eventsOf(out)[2] ?? "").map((data) => JSON.parse(data))).toEqual(
      dataOf(known).map((data) => JSON.parse(data)),
    );
    expect(out.replace(eventsOf(out)[2] ?? "", "")).toBe(ROLE + ONE + STOP + DONE);
  });

  test("one event over 8 MiB is refused, whole or while it grows; one just below is relayed", () => {
    const big = (bytes: number) => delta({ content: "x".repeat(bytes) });
    expect(relay(reader(), ROLE + big(MAX_EVENT_BYTES)).fault?.kind).toBe("malformed");
    const it = reader();
    it.read("data: ");
    expect(it.read("x".repeat(MAX_EVENT_BYTES)).fault?.kind).toBe("malformed");
    const near = ROLE + big(MAX_EVENT_BYTES - 200) + STOP + DONE;
    expect(relay(reader(), near, [5, 70_000, 4_000_000]).out === near).toBe(true);
  });
});

describe("content", () => {
  test.each([
    ["text", { content: "x" }, 1],
    ["text of several bytes", { content: "é漢" }, 5],
    ["reasoning", { reasoning_content: "xy" }, 2],
    ["reasoning by its other name", { reasoning: "xy" }, 2],
    ["a refusal", { refusal: "no" }, 2],
    [
      "a tool call",
      { tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "f", arguments: "" } }] },
      1,
    ],
    ["parts", { content: [{ type: "text", text: "x" }] }, 1],
    [
      "a thought among parts",
      { content: [{ type: "thinking", thinking: [{ type: "text", text: "xy" }] }] },
      2,
    ],
  ])("begins with %s", (_, fields, bytes) => {
    const it = reader();
    it.read(delta({ role: "assistant", ...fields }));
    expect(it.hasContent).toBe(true);
    expect(it.content.bytes).toBe(bytes);
  });

  test.each([
    { role: "assistant" },
    { content: "" },
    { content: null, reasoning: null },
    { tool_calls: [] },
    {},
  ])("has not begun with %j", (fields) => {
    const it = reader();
    it.read(delta(fields) + chunk([]) + ": c\n\n");
    expect(it.hasContent).toBe(false);
    expect(it.content.bytes).toBe(0);
  });

  test.each([
    ["as they are", (event: string) => event],
    [
      "escaped, as Python writes them",
      (event: string) =>
        fromLatin1(event).replace(
          /[^\0-\x7f]/g,
          (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`,
        ),
    ],
  ])("unparsed events are counted like parsed ones, other scripts %s", (_, written) => {
    const words = ["plain", ' "quoted" ', "back\\slash\\", "é漢🙂", "हिन्दी", "aa  \n\n\n--------"];
    const counted = words.map((content) => {
      const event = written(delta({ content, reasoning_content: "r" }));
      const before = delta({ role: "assistant", content: "." });
      const quick = relay(reader(), before + event).reader.content;
      // Two lines of data are put together, and so parsed.
      const parsed = relay(reader(), before + event.replace("{", "{\ndata: ")).reader.content;
      expect({ ...quick }).toEqual({ ...parsed });
      return quick.bytes - 1;
    });
    expect(counted).toEqual(words.map((word) => Buffer.byteLength(word) + 1));
  });

  test("an event counts where it brings text; what came behind a usage is not told", () => {
    const usage = { prompt_tokens: 3, completion_tokens: 1 };
    const { content } = relay(
      reader(),
      delta({ role: "assistant" }) +
        delta({ content: "abcd" }) +
        chunk([], { usage }) +
        delta({ content: "ef" }),
    ).reader;
    expect([content.events, content.bytes, content.untoldBytes]).toEqual([2, 6, 2]);
  });
});

test("each choice has its own role, tool calls and end", () => {
  const call = (index: number, choice: number, id: string, role = {}) =>
    delta(
      { ...role, tool_calls: [{ index, id, type: "function", function: { name: "f", arguments: "{}" } }] },
      null,
      choice,
    );
  const ends = (reason: string) => delta({}, reason, 0) + delta({}, reason, 1);
  const role = { role: "assistant" };
  const calls = ROLE + call(0, 0, "a") + call(0, 1, "b", role) + call(1, 0, "c");
  expect(relay(reader(), calls + ends("tool_calls") + DONE).out).toBe(calls + ends("tool_calls") + DONE);
  const { out, fault } = relay(reader(), ROLE + call(0, 0, "a") + call(0, 1, "b") + ends("stop") + DONE);
  expect(fault).toBeNull();
  expect(dataOf(out).filter((data) => data.includes('"role":"assistant"'))).toHaveLength(2);
  expect(dataOf(out).filter((data) => data.includes('"finish_reason":"tool_calls"'))).toHaveLength(2);
  expect(dataOf(out).filter((data) => data.includes('"native_finish_reason":"stop"'))).toHaveLength(2);
});

test("a model name of any script is written as UTF-8", () => {
  const model = 'modèle "é" 漢';
  const repaired = delta({ tool_calls: [{ id: "a", function: { name: "f", arguments: "{}" } }] });
  const { out } = relay(reader({ model }), ROLE + ONE + repaired + STOP + DONE);
  const models = dataOf(out).flatMap((data) => (data === "[DONE]" ? [] : [JSON.parse(data).model]));
  expect(models).toEqual(Array(4).fill(model));
  expect(understand(out).toolCalls).toHaveLength(1);
});
