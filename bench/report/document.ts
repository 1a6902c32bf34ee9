import { readFileSync, writeFileSync } from "node:fs";

export type BlockName = "bench" | "translation";

/** `document` with the text between the block's two marks replaced; null = the marks are not there in this order. */
export function replaceBlock(document: string, name: BlockName, text: string): string | null {
  const mark = `<!-- ${name}:begin, written by \`npm run bench -- --document\` -->`;
  const begin = document.indexOf(mark);
  const end = document.indexOf(`<!-- ${name}:end -->`, begin);
  if (begin < 0 || end < 0) return null;
  return `${document.slice(0, begin + mark.length)}\n\n${text.trim()}\n\n${document.slice(end)}`;
}

/** Rewrites the marked block of a file; false = it has none. */
export function rewriteDocument(file: string, name: BlockName, text: string): boolean {
  const rewritten = replaceBlock(readFileSync(file, "utf8"), name, text);
  if (rewritten === null) return false;
  writeFileSync(file, rewritten);
  return true;
}
