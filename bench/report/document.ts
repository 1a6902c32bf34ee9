import { readFileSync, writeFileSync } from "node:fs";

const BEGIN = "<!-- bench:begin, written by `npm run bench -- --document` -->";
const END = "<!-- bench:end -->";

/** `document` with the text between the two marks replaced; null = the marks are not there in this order. */
export function replaceBlock(document: string, text: string): string | null {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END, begin);
  if (begin < 0 || end < 0) return null;
  return `${document.slice(0, begin + BEGIN.length)}\n\n${text.trim()}\n\n${document.slice(end)}`;
}

/** Rewrites the marked block of a file; false = it has none. */
export function rewriteDocument(file: string, text: string): boolean {
  const rewritten = replaceBlock(readFileSync(file, "utf8"), text);
  if (rewritten === null) return false;
  writeFileSync(file, rewritten);
  return true;
}
