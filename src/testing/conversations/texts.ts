import fc from "fast-check";
import { mixed } from "./mixed.ts";

/** What breaks translators: nothing, blanks, other scripts, halves of characters, and what looks like the wire itself. */
const ODD = [
  "",
  " ",
  "\n\t ",
  "\u00a0\u2003",
  "0",
  "null",
  "{}",
  '{"type":"tool_use"}',
  "data: [DONE]\n\n",
  "</system>",
  "\\u0000 \\n",
  "\u0000\u0001\u001f\u007f",
  "\u2028\u2029\ufeff",
  "👩‍👩‍👧‍👦 🇳🇴 é é",
  "مرحبا بالعالم שלום \u202eabc\u202c",
  "中文、日本語",
  "\ud83d",
  "half of \udc4d a thumb",
  "\\\ud83d",
  "word ".repeat(300),
] as const;

/** Mostly words, often something odd; may be empty or blank. */
export const texts = mixed(
  [4, fc.lorem({ maxCount: 6 })],
  [3, fc.constantFrom(...ODD)],
  [2, fc.string({ unit: "grapheme", maxLength: 20 })],
  [1, fc.string({ unit: "binary", maxLength: 12 })],
);

/** Never blank. */
export const words = texts.map((text) => (text.trim() === "" ? `said ${text.length}` : text));

/** As every API takes them: OpenAI allows 64 of these. */
export const toolNames = mixed(
  [5, fc.constantFrom("weather", "clock", "look_up", "run-it", "Search2", "_x", "a")],
  [1, fc.constantFrom("json_answer", "answer", "7zip", "-dash", "constructor", "x".repeat(64))],
  [1, fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/)],
);

/** Of every provider, and of none. */
export const callIds = mixed(
  [3, fc.stringMatching(/^call_[A-Za-z0-9]{24}$/)],
  [2, fc.stringMatching(/^toolu_01[A-Za-z0-9]{22}$/)],
  [1, fc.stringMatching(/^tooluse_[A-Za-z0-9_-]{22}$/)],
  [1, fc.stringMatching(/^[A-Za-z0-9]{9}$/)],
  [1, fc.stringMatching(/^[a-z0-9]{80}$/)],
  [
    2,
    fc.constantFrom(
      "functions.search:0",
      "functions.search:1",
      "functions/search/1",
      "a b",
      "é✨",
      ".",
      "__proto__",
    ),
  ],
);

const HUGE = JSON.stringify({
  text: 'A "quoted" line\n'.repeat(6_000),
  rows: Array.from({ length: 400 }, (_, at) => ({ at })),
});

/** Of a tool call: an object mostly, but also nothing, no object, or what a length limit left of one. */
export const argumentTexts = mixed(
  [8, fc.dictionary(texts, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }).map((it) => JSON.stringify(it))],
  [3, fc.constantFrom("{}", "", " ", '{ "city" : "Oslo" }', '{"__proto__":{"a":1},"constructor":2}')],
  [2, fc.constantFrom('{"city":"Os', '{"a":1}}', "Oslo", '"Oslo"', "[1,2]", "null", "7")],
  [0.2, fc.constant(HUGE)],
);
