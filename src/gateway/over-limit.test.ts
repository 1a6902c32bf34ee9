import { describe, expect, test } from "bun:test";
import { decode, decodeGenerator, encode } from "gpt-tokenizer/encoding/o200k_base";
import { DIALECTS } from "../providers/dialects/list.ts";
import { fromLatin1, toLatin1 } from "../providers/frames.ts";
import { cutBy, surelyDelivered } from "./over-limit.ts";

const OPTIONS = { model: "m", id: "req_1", createdS: 1, showUsage: true };
const FUNDED = { request: {}, added: [], promptTokens: 1, isCut: true } as never as Parameters<
  typeof cutBy
>[1];

const TEXTS: [string, string][] = [
  [
    "English",
    "The committee met on Thursday to consider whether the proposal should be adopted. ".repeat(20),
  ],
  [
    "German",
    "Die Bundesregierung beschloss gestern, die Verordnung über Abfallwirtschaft zu ändern. ".repeat(20),
  ],
  ["Hindi", "सरकार ने कल यह निर्णय लिया कि विद्यालयों में नई शिक्षा नीति लागू की जाएगी। ".repeat(20)],
  ["Thai", "รัฐบาลตัดสินใจเมื่อวานนี้ว่าจะปรับปรุงระบบการศึกษาทั่วประเทศ ".repeat(20)],
  ["Chinese", "政府昨天决定在全国范围内实施新的教育政策，并要求各地学校做好准备。".repeat(20)],
  ["Malayalam", "സർക്കാർ ഇന്നലെ പുതിയ വിദ്യാഭ്യാസ നയം നടപ്പിലാക്കാൻ തീരുമാനിച്ചു. ".repeat(20)],
  ["smileys", "🙂👩‍👩‍👧🇦🇹 ".repeat(40)],
  ["dashes", "-".repeat(4000)],
  ["a deeply indented program", `${" ".repeat(80)}return x;\n`.repeat(60)],
  ["empty lines", "\n".repeat(2000)],
  ["a table", `|${"-".repeat(60)}|${"=".repeat(60)}|\n`.repeat(30)],
];

const CUTS: [string, (text: string) => string[]][] = [
  ["token by token", (text) => [...decodeGenerator(encode(text))]],
  [
    "a few tokens at a time",
    (text) => [...decodeGenerator(encode(text))].join("").match(/[^]{1,40}/gu) ?? [],
  ],
  ["letter by letter", (text) => text.match(/[^]/gu) ?? []],
  ["at once", (text) => [text]],
];

/** As it is, or in ASCII as Python writes it. */
const WRITINGS: [string, (json: string) => string][] = [
  ["plain", toLatin1],
  [
    "escaped",
    (json) => json.replace(/[^\0-\x7f]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`),
  ],
];

/** OpenAI's and Claude's ways to say it: the first is only watched, the second is translated. */
const SPEAKERS = {
  openai: (text: string) =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta: { content: text }, finish_reason: null }] })}\n\n`,
  anthropic: (text: string) =>
    `data: ${JSON.stringify({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })}\n\n`,
};

describe.each(TEXTS)("a provider that keeps its limit in %s", (_, text) => {
  const tokens = encode(text).length;
  expect(decode(encode(text))).toBe(text);
  test.each(
    CUTS.flatMap(([cut, pieces]) =>
      WRITINGS.map(([writing, write]) => [cut, writing, pieces, write] as const),
    ),
  )("is never taken to have passed it: %s, %s", (_cut, _writing, pieces, write) => {
    for (const dialect of ["openai", "anthropic"] as const) {
      const reader = DIALECTS[dialect].streamReader(OPTIONS);
      for (const piece of pieces(text)) {
        reader.read(write(SPEAKERS[dialect](piece)));
        expect(cutBy(reader, { ...FUNDED, outputTokens: tokens })).toBeNull();
      }
      expect(reader.content.bytes).toBe(Buffer.byteLength(fromLatin1(toLatin1(text))));
    }
  });
});

test.each(
  TEXTS.slice(0, 6),
)("one that goes on in %s is found out, also where all comes at once", (_, text) => {
  const tokens = encode(text).length;
  for (const dialect of ["openai", "anthropic"] as const) {
    const whole = DIALECTS[dialect].streamReader(OPTIONS);
    whole.read(toLatin1(SPEAKERS[dialect](text)));
    expect(surelyDelivered(whole)).toBeGreaterThan(tokens / 10);
    const pieces = DIALECTS[dialect].streamReader(OPTIONS);
    for (const piece of decodeGenerator(encode(text))) pieces.read(toLatin1(SPEAKERS[dialect](piece)));
    expect(surelyDelivered(pieces)).toBeGreaterThan(tokens / 4);
  }
});

test("what is no text is no token, however much of it comes", () => {
  const reader = DIALECTS.anthropic.streamReader(OPTIONS);
  for (let n = 0; n < 1000; n++) reader.read(`data: {"type":"ping"}\n\n`);
  reader.read(SPEAKERS.anthropic("x".repeat(3)));
  expect(surelyDelivered(reader)).toBe(0);
});
