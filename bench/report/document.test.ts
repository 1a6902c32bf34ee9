import { expect, test } from "bun:test";
import { replaceBlock } from "./document.ts";

const begin = "<!-- bench:begin, written by `npm run bench -- --document` -->";
const end = "<!-- bench:end -->";

test("only what stands between the marks is replaced, and doing it twice changes nothing", () => {
  const once = replaceBlock(`before\n${begin}\nold\n${end}\nafter\n`, "bench", "new\n");
  expect(once).toBe(`before\n${begin}\n\nnew\n\n${end}\nafter\n`);
  expect(replaceBlock(once ?? "", "bench", "new")).toBe(once);
});

test("one block does not touch another", () => {
  const others = `${begin}\nold\n${end}\n`;
  expect(replaceBlock(others, "translation", "new")).toBeNull();
  const own = `${begin.replace("bench:", "translation:")}\nold\n<!-- translation:end -->\n`;
  expect(replaceBlock(others + own, "translation", "new")).toStartWith(others);
});

test.each(["no marks", `${begin} alone`, `${end} before ${begin}`])("%p is left as it is", (text) => {
  expect(replaceBlock(text, "bench", "new")).toBeNull();
});
