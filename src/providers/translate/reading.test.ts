import { describe, expect, test } from "bun:test";
import { understand, understandReply } from "../../testing/streams.ts";
import type { Reading } from "../contract.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import { type AnsweredCall, completionOf, type FinishReason, NO_ANSWER } from "./completion.ts";

const OPTIONS = { model: "canonical", id: "req_7", createdS: 1_795_000_000 };

interface Said {
  text?: string;
  reasoning?: string;
  calls?: AnsweredCall[];
  finish?: FinishReason;
}

/** The same answer, whole and in pieces of three characters. */
function told({ text = "", reasoning = "", calls = [], finish = "stop" }: Said, reading: Reading) {
  const answer = { ...NO_ANSWER, text, reasoning, calls, finish };
  const whole = completionOf({ id: null, answers: [answer], usage: null }, { ...OPTIONS, reading });
  const writer = new ChunkWriter({ ...OPTIONS, reading, showUsage: false });
  for (const piece of reasoning.match(/.{1,3}/gs) ?? []) writer.reasoning(piece);
  for (const piece of text.match(/.{1,3}/gs) ?? []) writer.text(piece);
  for (const call of calls) writer.call(call);
  writer.finish(finish, null);
  writer.end();
  const stream = understand(writer.take());
  const reply = understandReply(JSON.parse(whole.text));
  expect({ ...stream, isDone: true }).toEqual(reply);
  expect(writer.content.bytes).toBe(whole.contentBytes);
  const [called] = stream.toolCalls;
  return { ...stream, called: called && `${called.name}${called.arguments}` };
}

describe("text that stands in for a call", () => {
  const one: Reading = { contentAsTool: { name: "weather" } };
  const any: Reading = { contentAsTool: { name: null, among: ["weather", "clock"] } };

  test.each<[string, Reading, string, string | undefined]>([
    ["arguments alone", one, '{"city":"Oslo"}', 'weather{"city":"Oslo"}'],
    ["space around them", one, '\n {"city":"Oslo"} ', 'weather{"city":"Oslo"}'],
    ["arguments that were cut", one, '{"city":"Os', 'weather{"city":"Os'],
    ["prose instead", one, "I would rather not.", undefined],
    ["nothing", one, "", undefined],
    ["name and arguments", any, '{"name":"clock","arguments":{"zone":"UTC"}}', 'clock{"zone":"UTC"}'],
    ["a name alone", any, '{"name":"clock"}', "clock{}"],
    ["the name of no tool", any, '{"name":"Ann","arguments":{}}', undefined],
    ["an answer with more in it", any, '{"name":"clock","age":3}', undefined],
    ["arguments that are none", any, '{"name":"clock","arguments":"UTC"}', undefined],
    ["a call that was cut", any, '{"name":"clock","argum', undefined],
    ["prose", any, "It is noon.", undefined],
  ])("%s", (_, reading, text, call) => {
    const said = told({ text }, reading);
    expect(said.called).toBe(call as never);
    expect(said.content).toBe(call === undefined ? text : "");
    expect(said.finishReason).toBe(call === undefined ? "stop" : "tool_calls");
  });

  test("a call that ran out of tokens says so", () => {
    expect(told({ text: '{"city":"Os', finish: "length" }, one).finishReason).toBe("length");
  });

  test("gives way to a real one", () => {
    const calls = [{ id: "call_1", name: "weather", arguments: "{}" }];
    const said = told({ text: "", calls }, one);
    expect(said.toolCalls).toEqual([{ id: "call_1", name: "weather", arguments: "{}" }]);
    expect(said.finishReason).toBe("tool_calls");
  });
});

describe("reasoning that the caller does not want", () => {
  test("is not told, and counts all the same", () => {
    const said = told({ reasoning: "Hm, two.", text: "Two." }, { hideReasoning: true });
    expect(said).toMatchObject({ reasoning: "", content: "Two." });
    const whole = told({ reasoning: "Hm, two.", text: "Two." }, {});
    expect(whole.reasoning).toBe("Hm, two.");
  });

  test("shows that the upstream works", () => {
    const writer = new ChunkWriter({ ...OPTIONS, reading: { hideReasoning: true }, showUsage: false });
    writer.reasoning("Hm");
    expect(writer.hasContent).toBe(true);
    expect(writer.take()).toBe("");
  });
});

test("the upstream's own time wins over ours", () => {
  const whole = completionOf({ id: null, answers: [NO_ANSWER], usage: null, createdS: 5 }, OPTIONS);
  expect(JSON.parse(whole.text).created).toBe(5);
  const writer = new ChunkWriter({ ...OPTIONS, showUsage: false });
  writer.named(null, 5);
  writer.text("a");
  expect(writer.take()).toContain('"created":5,');
});

test("a model with a foreign name is UTF-8 in every event, usage too", () => {
  const writer = new ChunkWriter({ ...OPTIONS, model: "modèle", showUsage: true });
  writer.usage = { input: 1, cachedRead: 0, cacheWrite: 0, output: 1, reasoning: 0 };
  writer.text("a");
  writer.finish("stop", null);
  writer.end();
  const events = Buffer.from(writer.take(), "latin1").toString("utf8").split("\n\n").filter(Boolean);
  for (const event of events) expect(event).toContain('"model":"modèle"');
  expect(events.length).toBe(3);
});
