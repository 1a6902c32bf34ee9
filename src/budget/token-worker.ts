import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { pieces } from "./text-pieces.ts";
import type { CountAnswer, CountAsk } from "./token-counter.ts";

declare const self: Worker;

/** What looks like a control token in a prompt is text. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

self.onmessage = ({ data: { id, texts } }: MessageEvent<CountAsk>) => {
  let tokens = 0;
  for (const text of texts) for (const piece of pieces(text)) tokens += countTokens(piece, AS_TEXT);
  self.postMessage({ id, tokens } satisfies CountAnswer);
};
