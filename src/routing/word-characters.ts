/** Separates words. */
export const OTHER = 0;
/** Part of a word that ends where the letters end. */
export const WORD = 1;
/** A script that does not put spaces between words (Han, Kana, Thai, …), and pictures: every character stands alone. */
export const ALONE = 2;
/** Hangul: words begin after a space, but particles are written onto their ends. */
export const OPEN_ENDED = 3;

const IS_WORD = /[\p{L}\p{N}\p{M}_]/u;
const STANDS_ALONE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;
const IS_HANGUL = /\p{Script=Hangul}/u;

let classes: Uint8Array | null = null;

function classify(unit: number): number {
  if (unit >= 0xd800 && unit <= 0xdfff) return ALONE;
  const character = String.fromCharCode(unit);
  if (STANDS_ALONE.test(character)) return ALONE;
  if (IS_HANGUL.test(character)) return OPEN_ENDED;
  return IS_WORD.test(character) ? WORD : OTHER;
}

/** The class of every UTF-16 unit; made at the first use, some milliseconds. */
export function characterClasses(): Uint8Array {
  classes ??= Uint8Array.from({ length: 0x10000 }, (_, unit) => classify(unit));
  return classes;
}
