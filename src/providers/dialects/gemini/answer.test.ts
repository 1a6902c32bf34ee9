import { describe, expect, test } from "bun:test";
import { dataOf, relay } from "../../../testing/streams.ts";
import { geminiDialect } from "./dialect.ts";

const OPTIONS = { model: "gemini-2.5-flash", id: "req_0000000007", createdS: 1_795_000_000 };

/** What the client gets: the whole answer, and the chunks of the same answer in a stream. */
function both(whole: Record<string, unknown>, events = [whole]) {
  const decoded = geminiDialect.decodeChat(JSON.stringify(whole), OPTIONS);
  if ("kind" in decoded) throw new Error(decoded.cause);
  const stream = events.map((reply) => `data: ${JSON.stringify(reply)}\r\n\r\n`).join("");
  const { out } = relay(geminiDialect.streamReader({ ...OPTIONS, showUsage: false }), latin1(stream));
  const chunks = dataOf(out).filter((it) => it !== "[DONE]");
  return { reply: JSON.parse(decoded.text), choices: chunks.flatMap((it) => JSON.parse(it).choices) };
}

const latin1 = (text: string) => Buffer.from(text).toString("latin1");
const candidate = (parts: unknown[], rest: Record<string, unknown> = {}) => ({
  content: { role: "model", parts },
  finishReason: "STOP",
  index: 0,
  ...rest,
});

describe("an answer", () => {
  test("shows images as OpenRouter does, and not those of its thoughts", () => {
    const inlineData = { mimeType: "image/png", data: "iVBORw0KGgo=" };
    const parts = [{ inlineData, thought: true }, { text: "A cat." }, { inlineData }];
    const { reply, choices } = both({ candidates: [candidate(parts)] });
    const images = [{ type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } }];
    expect(reply.choices[0].message).toMatchObject({ content: "A cat.", images });
    expect(choices.flatMap(({ delta }) => delta.images ?? [])).toEqual(images);
  });

  test("ignores files that are no images", () => {
    const parts = [{ inlineData: { mimeType: "audio/L16", data: "AAAA" } }, { text: "Hi." }];
    const { reply } = both({ candidates: [candidate(parts)] });
    expect(reply.choices[0].message).not.toHaveProperty("images");
    expect(JSON.stringify(reply)).not.toContain("AAAA");
  });

  test("gives each call the signature that came with it, where Google's own endpoint puts it", () => {
    const call = (name: string) => ({ functionCall: { name, args: {} } });
    const parts = [{ ...call("a"), thoughtSignature: "c2ln+/A==" }, call("b")];
    const { reply, choices } = both({ candidates: [candidate(parts)] });
    const signed = { google: { thought_signature: "c2ln+/A==" } };
    const streamed = choices.flatMap(({ delta }) => delta.tool_calls ?? []);
    for (const [first, second] of [reply.choices[0].message.tool_calls, streamed]) {
      expect(first.extra_content).toEqual(signed);
      expect(second).not.toHaveProperty("extra_content");
      expect(new Set([first.id, second.id]).size).toBe(2);
    }
  });

  test("tells logprobs in OpenAI's shape, behind the text they belong to", () => {
    const chosen = [{ token: "é", logProbability: -0.5 }, { token: "\ufffd" }];
    const top = [{ candidates: [{ token: "é", logProbability: -0.5 }] }];
    const logprobsResult = { chosenCandidates: chosen, topCandidates: top };
    const { reply, choices } = both({ candidates: [candidate([{ text: "é?" }], { logprobsResult })] });
    const first = { token: "é", logprob: -0.5, bytes: [0xc3, 0xa9] };
    const content = [
      { ...first, top_logprobs: [first] },
      { token: "\ufffd", logprob: 0, bytes: null, top_logprobs: [] },
    ];
    expect(reply.choices[0].logprobs).toEqual({ content, refusal: null });
    expect(choices[0].delta).toEqual({ role: "assistant", content: "é?" });
    expect(choices[1].logprobs).toEqual({ content, refusal: null });
  });

  test("cites each source once, however often a stream repeats it", () => {
    const groundingMetadata = { groundingChunks: [{ web: { uri: "https://a.example", title: "A" } }] };
    const whole = { candidates: [candidate([{ text: "Yes." }], { groundingMetadata })] };
    const again = { candidates: [{ index: 0, groundingMetadata }] };
    const { reply, choices } = both(whole, [again, whole, again]);
    const citation = { start_index: 0, end_index: 4, url: "https://a.example", title: "A" };
    expect(reply.choices[0].message.annotations).toEqual([{ type: "url_citation", url_citation: citation }]);
    const streamed = choices.flatMap(({ delta }) => delta.annotations ?? []);
    expect(streamed).toEqual([{ type: "url_citation", url_citation: citation }]);
  });

  test("keeps several candidates apart, in a stream by their index", () => {
    const candidates = [candidate([{ text: "One" }]), candidate([{ text: "Two" }], { index: 1 })];
    const { reply, choices } = both({ candidates });
    expect(reply.choices.map(({ message }: { message: { content: string } }) => message.content)).toEqual([
      "One",
      "Two",
    ]);
    for (const index of [0, 1]) {
      const own = choices.filter((choice) => choice.index === index);
      expect(own.map(({ delta }) => delta.content ?? "").join("")).toBe(index === 0 ? "One" : "Two");
      expect(own.filter((choice) => choice.finish_reason === "stop")).toHaveLength(1);
    }
  });

  test.each([
    ["the others' parts behind its own", ["A", "B", "C"], "A"],
    ["parts that are only like theirs", ["A", "B", "X"], "ABX"],
    ["nothing but the same as they say", ["B", "C"], "BC"],
  ])("of several whose first has %s", (_, first, content) => {
    const parts = (texts: string[]) => texts.map((text) => ({ text }));
    const candidates = [first, ["B"], ["C"]].map((texts, index) => candidate(parts(texts), { index }));
    const { reply } = both({ candidates });
    expect(reply.choices[0].message.content).toBe(content);
    expect(reply.choices[2].message.content).toBe("C");
  });

  test("has the time and the id that Vertex tells, else ours", () => {
    const candidates = [candidate([{ text: "Hi." }])];
    const told = both({ candidates, createTime: "2026-04-02T17:03:50.399550Z", responseId: "r1" });
    expect(told.reply).toMatchObject({ id: "r1", created: 1_775_149_430, model: "gemini-2.5-flash" });
    const untold = both({ candidates });
    expect(untold.reply).toMatchObject({ id: "chatcmpl-req_0000000007", created: 1_795_000_000 });
    expect(untold.reply).not.toHaveProperty("usage");
  });

  test.each([
    "",
    "null",
    "[]",
    "{}",
    "<html>",
    '{"candidates":[]}',
    '{"candidates":"x"}',
  ])("is none: %p", (body) => {
    expect(geminiDialect.decodeChat(body, OPTIONS)).toMatchObject({ kind: "malformed" });
  });
});
