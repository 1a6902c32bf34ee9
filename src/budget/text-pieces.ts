/** Merging byte pairs takes the square of a word's length: 200,000 times the same letter, a minute. */
const MOST_CHARACTERS = 512;

/**
 * A text in pieces that are short enough to be tokenized in no time, cut before white space where there is some. Each
 * piece is at most one token more than the text by itself has there, so what is counted is never too little.
 */
export function* pieces(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > MOST_CHARACTERS) {
    const end = cutIn(text, start);
    yield text.slice(start, end);
    start = end;
  }
  yield text.slice(start);
}

function cutIn(text: string, start: number): number {
  const most = start + MOST_CHARACTERS;
  for (let at = most; at > start + MOST_CHARACTERS / 2; at--)
    if (isSpace(text.charCodeAt(at)) && !isSpace(text.charCodeAt(at - 1))) return at;
  // Not between the halves of a pair.
  const isPair = (text.charCodeAt(most - 1) & 0xfc00) === 0xd800;
  return isPair ? most - 1 : most;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 9 || code === 13;
}
