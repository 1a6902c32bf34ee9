import type { Industry } from "../../config/words.ts";
import { Lexicon } from "./lexicon.ts";
import type { Points } from "./score.ts";
import type { Signs } from "./signs.ts";
import { countOf } from "./terms.ts";
import { INDUSTRY_TERMS, TERMED_INDUSTRIES } from "./words/industry-terms.ts";

/** Different words of a field that must be there before it is suggested, and how far the next field must be behind. */
const LEAST_WORDS = 2;
const LEAST_LEAD = 2;
/** By how much a task must win before it names the industry. */
const CLEAR_POINTS = 1.2;

let lexicon: Lexicon | null = null;

function industryLexicon(): Lexicon {
  if (lexicon !== null) return lexicon;
  const built = new Lexicon();
  for (const [place, industry] of TERMED_INDUSTRIES.entries()) {
    for (const term of INDUSTRY_TERMS[industry].split(",")) {
      const trimmed = term.trim();
      if (trimmed !== "") built.add(trimmed, place);
    }
  }
  lexicon = built;
  return built;
}

/** Different words per industry, in the order of `TERMED_INDUSTRIES`. */
function wordsPerIndustry(text: string): number[] {
  const seen = TERMED_INDUSTRIES.map(() => new Set<string>());
  industryLexicon().scan(text, (mask, from, to) => {
    for (const [place, words] of seen.entries()) {
      if ((mask & (1 << place)) !== 0) words.add(text.slice(from, to).toLowerCase());
    }
  });
  return seen.map((words) => words.size);
}

/** The industry that clearly stands out, null if none does; `general` is never suggested. */
export function industryOf(signs: Signs, points: Points): Industry | null {
  const [code, reasoning, summary, chat] = points;
  const words = wordsPerIndustry(signs.text);
  const most = Math.max(...words);
  const place = words.indexOf(most);
  const next = Math.max(0, ...words.filter((_, other) => other !== place));
  const isClear = most >= LEAST_WORDS && most >= next * LEAST_LEAD;
  const field = isClear ? (TERMED_INDUSTRIES[place] ?? null) : null;
  if (code > Math.max(reasoning, summary, chat) + CLEAR_POINTS) return field === "data" ? "data" : "code";
  if (field !== null) return field;
  const writes = countOf(signs.request, "creative") > 0 && countOf(signs.request, "createVerb") > 0;
  return writes && chat > CLEAR_POINTS * 2 && most === 0 ? "creative" : null;
}
