import { expect, test } from "bun:test";
import { parseConfig } from "./parse.ts";

function parse(text: string) {
  return parseConfig(new TextEncoder().encode(text));
}

function problemOf(text: string): string {
  const parsed = parse(text);
  return "problems" in parsed ? parsed.problems.join("\n") : "";
}

const READ: [string, unknown][] = [
  ["", {}],
  ["# only a comment\n", {}],
  ["\ufeffa: 1", { a: 1 }],
  ["a: yes\nb: 012\nc: 2024-10-21", { a: "yes", b: 12, c: "2024-10-21" }],
  ['{\n\t"a": [\n\t\t1\n\t]\n}\n', { a: [1] }],
  ["a: &x {n: 1}\nb: *x", { a: { n: 1 }, b: { n: 1 } }],
];

test.each(READ)("%p is read as YAML 1.2", (text, document) => {
  expect(parse(text)).toMatchObject({ document });
});

const REFUSED: [string, string][] = [
  ["a: 1\nb:\n  c: 1\n  c: hidden", "line 4, column 3: the same key was already given"],
  ['1: a\n"1": hidden', "line 2, column 1: the same key was already given"],
  ["server:\n  port: 1\n host: hidden", "line 3, column 1:"],
  ["a: 1\n\tb: hidden", "line 2, column"],
  ["a: 1\n---\nb: hidden", "only one document"],
  ["- x\nkey: hidden", "line 2"],
  ["a: !hidden_ x", "Unresolved tag"],
  ["a: *hidden", "stands before its anchor"],
  ['a: "hidden', "line 1"],
];

test.each(REFUSED)("%p is refused with its place, without quoting the file", (text, sentence) => {
  expect(problemOf(text)).toContain(sentence);
  expect(problemOf(text)).not.toContain("hidden");
});

test("an alias bomb is refused", () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 9; level += 1) {
    lines.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(", ")}]`,
    );
  }
  expect(problemOf(lines.join("\n"))).toBe("the file's aliases (*name) unfold into too many values");
});

test("a file nested too deeply to be read is refused, not a crash", () => {
  expect(problemOf(`${"[".repeat(20_000)}${"]".repeat(20_000)}`)).not.toBe("");
});

test("a file above 1 MiB is refused before it is parsed", () => {
  expect(problemOf(`a: ${"x".repeat(1024 * 1024)}`)).toBe("the file is larger than 1 MiB");
});

test("many keys take no quadratic time", () => {
  const text = Array.from({ length: 30_000 }, (_, index) => `key_${index}: 1`).join("\n");
  const parsed = parse(text);
  expect("document" in parsed && Object.keys(parsed.document as object)).toHaveLength(30_000);
});

test("bytes that are no UTF-8 are refused", () => {
  expect(parseConfig(new Uint8Array([0x61, 0x3a, 0x20, 0xff]))).toEqual({
    problems: ["the file is not UTF-8 text"],
  });
});
