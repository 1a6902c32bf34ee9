import { type CharacterTables, characterTables, DENSE, SEPARATOR } from "./characters.ts";

const SPACE = 32;
const STEM_MARK = "*";
/** Glued to a word they make it a name in a program: `summarize(`, `summary_text`, `report.summary`. */
const IDENTIFIER_MARKS = new Set([..."_({="].map((mark) => mark.charCodeAt(0)));
const DOT = 46;

/** Terms of several categories folded into one trie; `mask` has one bit a category. */
export class Lexicon {
  private readonly characters: CharacterTables = characterTables();
  private readonly roots = new Uint16Array(65_536);
  /** Node and character of an edge in one number; 0 = free slot (edges of the root are in `roots`). */
  private keys = new Uint32Array(4096);
  private children = new Uint16Array(4096);
  private edges = 0;
  private nodes = 1;
  private readonly exactMasks: number[] = [0, 0];
  private readonly stemMasks: number[] = [0, 0];

  /** `term` may end in `*`: then whatever letters follow belong to it. Terms of categories may overlap. */
  add(term: string, category: number): void {
    const stem = term.endsWith(STEM_MARK);
    const text = stem ? term.slice(0, -1) : term;
    let node = 0;
    for (let index = 0; index < text.length; index++) {
      const code = this.characters.fold[text.charCodeAt(index)] ?? 0;
      if (code !== 0) node = this.childOrNew(node, code);
    }
    const masks = stem ? this.stemMasks : this.exactMasks;
    masks[node] = (masks[node] ?? 0) | (1 << category);
  }

  /**
   * Calls `visit(mask, position, end)` for the longest term at each place a word starts, left to right, none overlapping.
   * Work is bounded by length × longest term.
   */
  scan(text: string, visit: (mask: number, position: number, end: number) => void): void {
    const { fold, kind } = this.characters;
    let previous = SEPARATOR;
    for (let index = 0; index < text.length; ) {
      const code = fold[text.charCodeAt(index)] ?? 0;
      const own = kind[code] ?? 0;
      const starts = own === DENSE || (own !== SEPARATOR && (previous === SEPARATOR || previous === DENSE));
      const root = starts ? (this.roots[code] ?? 0) : 0;
      const matched = root === 0 ? 0 : this.longest(text, index, root);
      if (matched === 0) {
        if (code !== 0) previous = own;
        index++;
        continue;
      }
      visit(this.matchedMask, index, matched);
      previous = kind[fold[text.charCodeAt(matched - 1)] ?? 0] ?? 0;
      index = matched;
    }
  }

  private matchedMask = 0;

  /** The end of the longest term that starts at `start`, 0 if none; its mask is left in `matchedMask`. */
  private longest(text: string, start: number, root: number): number {
    const { fold, kind } = this.characters;
    let node = root;
    let end = 0;
    for (let index = start + 1; node !== 0; index++) {
      const code = index < text.length ? (fold[text.charCodeAt(index)] ?? 0) : SPACE;
      if (code === 0) continue;
      const inWord = kind[code] !== SEPARATOR && kind[code] !== DENSE;
      const last = kind[fold[text.charCodeAt(index - 1)] ?? 0];
      const mask =
        (inWord && last !== DENSE ? 0 : (this.exactMasks[node] ?? 0)) | (this.stemMasks[node] ?? 0);
      if (mask !== 0 && !this.isIdentifier(text, start, index)) {
        end = index;
        this.matchedMask = mask;
      }
      if (index >= text.length) break;
      node = this.child(node, code);
      if (code === SPACE)
        while (index + 1 < text.length && fold[text.charCodeAt(index + 1)] === SPACE) index++;
    }
    return end;
  }

  private isIdentifier(text: string, start: number, end: number): boolean {
    if (this.characters.kind[text.charCodeAt(start)] === DENSE) return false;
    if (end < text.length && IDENTIFIER_MARKS.has(text.charCodeAt(end))) return true;
    if (start === 0) return false;
    const before = text.charCodeAt(start - 1);
    return before === DOT || before === 95 || before === 36;
  }

  private child(node: number, code: number): number {
    const key = node * 65_536 + code;
    const limit = this.keys.length - 1;
    for (let slot = Math.imul(key, 0x9e3779b1) >>> 8; ; slot++) {
      const found = this.keys[slot & limit];
      if (found === key) return this.children[slot & limit] ?? 0;
      if (found === 0) return 0;
    }
  }

  private childOrNew(node: number, code: number): number {
    const known = node === 0 ? (this.roots[code] ?? 0) : this.child(node, code);
    if (known !== 0) return known;
    const created = this.nodes++;
    if (created > 65_000) throw new Error("the lexicon has more nodes than its keys can name");
    this.exactMasks.push(0);
    this.stemMasks.push(0);
    if (node === 0) this.roots[code] = created;
    else this.insert(node * 65_536 + code, created);
    return created;
  }

  private insert(key: number, child: number): void {
    if (++this.edges * 2 > this.keys.length) this.grow();
    this.place(key, child);
  }

  private place(key: number, child: number): void {
    const limit = this.keys.length - 1;
    let slot = Math.imul(key, 0x9e3779b1) >>> 8;
    while (this.keys[slot & limit] !== 0) slot++;
    this.keys[slot & limit] = key;
    this.children[slot & limit] = child;
  }

  private grow(): void {
    const { keys, children } = this;
    this.keys = new Uint32Array(keys.length * 2);
    this.children = new Uint16Array(keys.length * 2);
    keys.forEach((key, slot) => {
      if (key !== 0) this.place(key, children[slot] ?? 0);
    });
  }
}
