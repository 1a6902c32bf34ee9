import { describe, expect, test } from "bun:test";
import { anthropicDialect } from "../dialects/anthropic/dialect.ts";
import { geminiDialect } from "../dialects/gemini/dialect.ts";

const SHOWN = { model: "m", id: "req_1", createdS: 1, showUsage: false };
const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const DONE = "data: [DONE]\n\n";

const claude = (...ends: unknown[]) =>
  [
    { type: "message_start", message: { usage: { input_tokens: 10, output_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
    ...ends,
  ]
    .map(event)
    .join("");
const ended = { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 7 } };
const candidate = (rest: object) =>
  event({ candidates: [{ content: { parts: [{ text: "Hi" }] }, ...rest }] });

describe("a proxy's [DONE] at the end of a stream that has none", () => {
  test.each([
    ["anthropic", anthropicDialect, claude(ended)],
    ["gemini", geminiDialect, candidate({ finishReason: "STOP" })],
  ] as const)("%s: ends the answer that said why it ended", (_, dialect, stream) => {
    const reader = dialect.streamReader(SHOWN);
    const piece = reader.read(stream + DONE);
    expect(piece.fault).toBeNull();
    expect(reader.doneEvent).toBe(DONE);
    expect(piece.out).toContain('"finish_reason":"stop"');
    expect(reader.close()).toEqual({ out: "", fault: null });
  });

  test.each([
    ["anthropic", anthropicDialect, claude()],
    ["gemini", geminiDialect, candidate({})],
  ] as const)("%s: makes no success of one that did not", (_, dialect, stream) => {
    const reader = dialect.streamReader(SHOWN);
    const piece = reader.read(stream + DONE);
    expect(piece.fault?.kind).toBe("interrupted");
    expect(piece.out).not.toContain('"finish_reason":"');
    expect(reader.doneEvent).toBeNull();
  });
});
