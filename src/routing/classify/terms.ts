import { Lexicon } from "./lexicon.ts";
import { CATEGORIES, type Category } from "./vocabulary.ts";
import { LANGUAGES } from "./words/languages.ts";

export type Zone = "lead" | "request" | "paste";

/** How often each category occurs in one zone, by its place in `CATEGORIES`. */
export type Counts = Uint16Array;

const PLACES = new Map<Category, number>(CATEGORIES.map((category, place) => [category, place]));

let lexicon: Lexicon | null = null;

/** All languages in one trie, built at the first call (some milliseconds), the same ever after. */
export function termLexicon(): Lexicon {
  lexicon ??= build();
  return lexicon;
}

function build(): Lexicon {
  const built = new Lexicon();
  for (const vocabulary of LANGUAGES) {
    for (const [place, category] of CATEGORIES.entries()) {
      for (const term of (vocabulary[category] ?? "").split(",")) {
        const trimmed = term.trim().replace(/\s+/g, " ");
        if (trimmed !== "") built.add(trimmed, place);
      }
    }
  }
  return built;
}

export function emptyCounts(): Counts {
  return new Uint16Array(CATEGORIES.length);
}

/** Adds one for each category of a match. */
export function count(counts: Counts, mask: number): void {
  for (let rest = mask; rest !== 0; rest &= rest - 1) {
    const place = 31 - Math.clz32(rest & -rest);
    counts[place] = (counts[place] ?? 0) + 1;
  }
}

export function countOf(counts: Counts, category: Category): number {
  return counts[PLACES.get(category) ?? 0] ?? 0;
}
