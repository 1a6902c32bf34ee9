/** Kinds of a folded character: what a word may start with, and which scripts write words without spaces. */
export const SEPARATOR = 0;
export const LETTER = 1;
export const DIGIT = 2;
/** Chinese, Japanese, Korean, Thai: a term may start at any character. */
export const DENSE = 3;

export interface CharacterTables {
  /** UTF-16 code → lower case without accents; whitespace → 32; 0 = not there at all (combining and invisible marks). */
  fold: Uint16Array;
  /** Folded code → kind. */
  kind: Uint8Array;
}

const SPACE = 32;
/** Letters that Unicode does not take apart into base and accent, and Arabic spellings that people mix. */
const FOLDED_BY_HAND: Readonly<Record<string, string>> = {
  ł: "l",
  đ: "d",
  ø: "o",
  ı: "i",
  "’": "'",
  "‘": "'",
  "“": '"',
  "”": '"',
  أ: "ا",
  إ: "ا",
  آ: "ا",
  ى: "ي",
  ة: "ه",
  ک: "ك",
  ی: "ي",
};
const SPACES = [0, 9, 10, 11, 12, 13, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000];
type Range = readonly [from: number, to: number];
const ACCENTED: readonly Range[] = [
  [0xc0, 0x24f],
  [0x370, 0x52f],
  [0x1e00, 0x1fff],
];
const INVISIBLE: readonly Range[] = [
  [0xad, 0xad],
  [0x300, 0x36f],
  [0x610, 0x61a],
  [0x640, 0x640],
  [0x64b, 0x65f],
  [0x93c, 0x93c],
  [0x200b, 0x200f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
];
const LETTERS: readonly Range[] = [
  [0x61, 0x7a],
  [0xaa, 0xaa],
  [0xb5, 0xb5],
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x2ff],
  [0x370, 0x37d],
  [0x37f, 0x5bf],
  [0x5d0, 0x5f2],
  [0x620, 0x65f],
  [0x671, 0x6d3],
  [0x6fa, 0x6ff],
  [0x750, 0x963],
  [0x970, 0xdff],
  [0x1e00, 0x1fff],
];
const DIGITS: readonly Range[] = [
  [0x30, 0x39],
  [0x660, 0x669],
  [0x6f0, 0x6f9],
  [0x966, 0x96f],
];
const DENSE_SCRIPTS: readonly Range[] = [
  [0xe01, 0xe5b],
  [0x3005, 0x3007],
  [0x3041, 0x30fa],
  [0x30fc, 0x30ff],
  [0x3400, 0x9fff],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
];

function each(ranges: readonly Range[], visit: (code: number) => void): void {
  for (const [from, to] of ranges) for (let code = from; code <= to; code++) visit(code);
}

function foldTable(): Uint16Array {
  const fold = new Uint16Array(65_536);
  for (let code = 0; code < 65_536; code++) fold[code] = code;
  for (let code = 0x41; code <= 0x5a; code++) fold[code] = code + 32;
  each(ACCENTED, (code) => {
    fold[code] = String.fromCharCode(code).toLowerCase().normalize("NFD").charCodeAt(0);
  });
  each([[0xff01, 0xff5e]], (code) => {
    const ascii = code - 0xfee0;
    fold[code] = ascii >= 0x41 && ascii <= 0x5a ? ascii + 32 : ascii;
  });
  for (const [from, to] of Object.entries(FOLDED_BY_HAND)) fold[from.charCodeAt(0)] = to.charCodeAt(0);
  each([[0x2000, 0x200a], ...SPACES.map((code): Range => [code, code])], (code) => {
    fold[code] = SPACE;
  });
  each(INVISIBLE, (code) => {
    fold[code] = 0;
  });
  return fold;
}

function kindTable(): Uint8Array {
  const kind = new Uint8Array(65_536);
  each(LETTERS, (code) => {
    kind[code] = LETTER;
  });
  each(DIGITS, (code) => {
    kind[code] = DIGIT;
  });
  each(DENSE_SCRIPTS, (code) => {
    kind[code] = DENSE;
  });
  return kind;
}

let tables: CharacterTables | null = null;

/** Built at the first call (about a millisecond), the same ever after. */
export function characterTables(): CharacterTables {
  tables ??= { fold: foldTable(), kind: kindTable() };
  return tables;
}
