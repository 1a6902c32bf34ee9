import { ALONE, characterClasses, OPEN_ENDED, OTHER, WORD } from "./word-characters.ts";

/** As texts are compared: lower case, one form of accents. */
function plainOf(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** A keyword is lower case and has single spaces. */
function keywordOf(text: string): string {
  return plainOf(text).trim().replace(/\s+/g, " ");
}

interface Keyword {
  id: number;
  text: string;
  /** Where its first word begins in it; -1 = it holds no word and is looked for as it stands. */
  wordAt: number;
}

const SPACE = 0x20;
/** A power of two. */
const HASHES = 4096;

function isSpace(unit: number): boolean {
  return unit === SPACE || (unit >= 9 && unit <= 13) || unit === 0xa0 || unit === 0x3000 || unit === 0x2028;
}

/**
 * Finds any number of keywords in one pass over a text: whole words and phrases, in any script, whatever their case
 * and the white space between their words. Its work grows with the text, not with the number of keywords; only those
 * that begin with the same word are compared one by one.
 */
export class KeywordIndex {
  private readonly ids = new Map<string, number>();
  private readonly byFirstWord = new Map<number, Keyword[]>();
  /** Low bits of the hashes there are: nearly every word of a text is passed over by one look. */
  private readonly some = new Uint8Array(HASHES);
  private readonly wordless: Keyword[] = [];

  /** The number a keyword is reported by. */
  add(text: string): number {
    const plain = keywordOf(text);
    const known = this.ids.get(plain);
    if (known !== undefined) return known;
    const id = this.ids.size;
    this.ids.set(plain, id);
    const classes = characterClasses();
    const wordAt = [...plain].length === 0 ? -1 : firstWordIn(plain, classes);
    const keyword: Keyword = { id, text: plain, wordAt };
    if (wordAt < 0) {
      if (plain !== "") this.wordless.push(keyword);
    } else {
      const hash = wordHash(plain, wordAt, wordEnd(plain, wordAt, classes));
      this.some[hash & (HASHES - 1)] = 1;
      this.byFirstWord.set(hash, [...(this.byFirstWord.get(hash) ?? []), keyword]);
    }
    return id;
  }

  /** The numbers of all keywords that appear. */
  findIn(texts: readonly string[]): ReadonlySet<number> {
    const found = new Set<number>();
    for (const text of texts) {
      const plain = plainOf(text);
      this.scan(plain, found);
      for (const { id, text: wanted } of this.wordless) if (plain.includes(wanted)) found.add(id);
    }
    return found;
  }

  private scan(text: string, found: Set<number>): void {
    const classes = characterClasses();
    const { byFirstWord, some } = this;
    const look = (hashed: number, at: number) => {
      if (some[hashed & (HASHES - 1)] === 1) check(text, at, byFirstWord.get(hashed | 0), found);
    };
    let hash = 0;
    let start = -1;
    for (let i = 0; i <= text.length; i++) {
      const unit = i < text.length ? text.charCodeAt(i) : 0;
      const kind = i < text.length ? (classes[unit] ?? OTHER) : OTHER;
      if (start >= 0 && (kind === WORD || kind === OPEN_ENDED)) {
        hash = Math.imul(hash, 31) + unit;
        // A keyword may be the beginning of a word whose particles follow.
        if (kind === OPEN_ENDED) look(hash, start);
        continue;
      }
      if (start >= 0) {
        look(hash, start);
        start = -1;
      }
      if (kind === ALONE) look(unit, i);
      else if (kind !== OTHER) {
        start = i;
        hash = unit;
        if (kind === OPEN_ENDED) look(unit, i);
      }
    }
  }
}

function check(text: string, at: number, keywords: readonly Keyword[] | undefined, found: Set<number>): void {
  if (!keywords) return;
  for (const keyword of keywords) {
    if (!found.has(keyword.id) && standsAt(text, at - keyword.wordAt, keyword.text)) found.add(keyword.id);
  }
}

/** Whether the keyword stands there as a whole; any white space counts as its space. */
function standsAt(text: string, from: number, keyword: string): boolean {
  if (from < 0) return false;
  let at = from;
  for (let i = 0; i < keyword.length; i++) {
    const unit = keyword.charCodeAt(i);
    if (unit === SPACE) {
      if (!isSpace(text.charCodeAt(at))) return false;
      while (isSpace(text.charCodeAt(at))) at += 1;
    } else if (text.charCodeAt(at) === unit) at += 1;
    else return false;
  }
  const classes = characterClasses();
  const last = classes[keyword.charCodeAt(keyword.length - 1)];
  const next = at < text.length ? (classes[text.charCodeAt(at)] ?? OTHER) : OTHER;
  const first = classes[keyword.charCodeAt(0)];
  const before = from > 0 ? (classes[text.charCodeAt(from - 1)] ?? OTHER) : OTHER;
  const opens = first !== WORD && first !== OPEN_ENDED ? true : before !== WORD && before !== OPEN_ENDED;
  return opens && (last !== WORD || next !== WORD);
}

function firstWordIn(text: string, classes: Uint8Array): number {
  for (let i = 0; i < text.length; i++) if (classes[text.charCodeAt(i)] !== OTHER) return i;
  return -1;
}

/** The end of the word that begins there; a character that stands alone is a word by itself. */
function wordEnd(text: string, at: number, classes: Uint8Array): number {
  if (classes[text.charCodeAt(at)] === ALONE) return at + 1;
  let end = at;
  for (; end < text.length; end++) {
    const kind = classes[text.charCodeAt(end)];
    if (kind !== WORD && kind !== OPEN_ENDED) break;
  }
  return end;
}

function wordHash(text: string, from: number, to: number): number {
  let hash = text.charCodeAt(from);
  for (let i = from + 1; i < to; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i);
  return hash | 0;
}
