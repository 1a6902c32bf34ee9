const WINDOW = 1024;
const MOST_WINDOWS = 8;

/** Tokens a UTF-16 code unit costs in the tokenizers of today, roughly, by script. */
function tokensOf(code: number): number {
  if (code === 0x20) return 0.2;
  if (code >= 0x61 && code <= 0x7a) return 0.235;
  if (code < 0x80) return 0.45;
  if (code < 0x250) return 0.5;
  if (code < 0x530) return 0.36;
  if (code < 0x2e80) return 0.42;
  if (code < 0xa000) return 0.75;
  if (code < 0xd7b0) return 0.7;
  return 0.6;
}

/** Estimated tokens of a text. Long texts are sampled at evenly spaced windows, so the work is bounded. */
export function estimateTokens(text: string): number {
  if (text.length <= WINDOW * MOST_WINDOWS) return tokensBetween(text, 0, text.length);
  const step = Math.floor((text.length - WINDOW) / (MOST_WINDOWS - 1));
  let sampled = 0;
  for (let index = 0; index < MOST_WINDOWS; index++) {
    sampled += tokensBetween(text, index * step, index * step + WINDOW);
  }
  return (sampled / (WINDOW * MOST_WINDOWS)) * text.length;
}

function tokensBetween(text: string, from: number, to: number): number {
  let tokens = 0;
  for (let index = from; index < to; index++) tokens += tokensOf(text.charCodeAt(index));
  return tokens;
}
