import { expect, test } from "bun:test";
import { CASE_TARGET, READ_AT_MS, SHOWN } from "../../testing/dialect-case.ts";
import { traitsOf } from "./anthropic/models.ts";
import { DIALECTS } from "./list.ts";

/** Words from outside are looked up in tables of ours: what every object has besides is no word, and no say of its own. */

const WORDS = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];
/** JSON can say this, and asking it for its text or its number throws. */
const STUBBORN = { toString: 1, valueOf: [] };

test.each(WORDS)("a finish reason called %s ends an answer like any that is new to us", (word) => {
  const { anthropic, bedrock, gemini } = DIALECTS;
  const usage = { input_tokens: 1, output_tokens: 1 };
  const said = [
    anthropic.decodeChat(
      JSON.stringify({ type: "message", content: [{ type: "text", text: "x" }], stop_reason: word, usage }),
      SHOWN,
    ),
    bedrock.decodeChat(
      JSON.stringify({
        output: { message: { role: "assistant", content: [{ text: "x" }] } },
        stopReason: word,
      }),
      SHOWN,
    ),
    gemini.decodeChat(
      JSON.stringify({ candidates: [{ content: { parts: [{ text: "x" }] }, finishReason: word }] }),
      SHOWN,
    ),
  ];
  for (const it of said) expect(it).toMatchObject({ finishReason: "stop" });
});

test("a model's name is not one of our tables' ways", () => {
  expect(traitsOf("claude-constructor-4-5")).toEqual(traitsOf("claude-nobody-4-5"));
});

test("a number, a code or a kind that is an object is none", () => {
  const { openai, gemini, bedrock } = DIALECTS;
  const told = (code: unknown) => JSON.stringify({ error: { code, status_code: code, message: "no" } });
  for (const dialect of [openai, gemini, bedrock])
    for (const code of [STUBBORN, [STUBBORN], null]) {
      expect(dialect.fault(500, new Headers(), told(code), READ_AT_MS).kind).toBe("overloaded");
      const reader = dialect.streamReader({ ...SHOWN, showUsage: true });
      expect(() => [reader.read(`data: ${told(code)}\n\n`), reader.close()]).not.toThrow();
    }
  expect(() => openai.decodeChat('{"error":{"code":90071992547409920,"message":"no"}}', SHOWN)).not.toThrow();
  expect(() => gemini.decodeChat('{"error":{"code":90071992547409920,"message":"no"}}', SHOWN)).not.toThrow();
});

test("a caller's format that is an object is sent as the usual one, or refused, by every dialect", () => {
  const audio = { type: "input_audio", input_audio: { data: "AAAA", format: STUBBORN } };
  const body = { messages: [{ role: "user", content: [audio] }] };
  for (const dialect of Object.values(DIALECTS))
    expect(() => dialect.encodeChat(body, CASE_TARGET)).not.toThrow();
});
