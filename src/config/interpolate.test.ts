import { afterAll, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { interpolate } from "./interpolate.ts";
import { scratch } from "./scratch.ts";

const files = scratch();
afterAll(() => files.remove());
files.write("secret.txt", "from-a-file\n");
files.write("windows.txt", "from-windows\r\n");
files.write("two-lines.txt", "one\ntwo\n\n");
files.write("huge.txt", "hidden".repeat(20_000));
mkdirSync(join(files.folder, "folder"));

const VARIABLES = new Map([
  ["A", "alpha"],
  ["B", "beta"],
  ["NESTED", "${env:A}"],
  ["DOLLARS", "$& $1 $$"],
]);

function run(document: unknown) {
  return interpolate(document, { variable: (name) => VARIABLES.get(name) ?? null, folder: files.folder });
}

const FILLED: [string, string][] = [
  ["plain $ text $5", "plain $ text $5"],
  ["${env:A}", "alpha"],
  ["x-${env:A}-${env:B}${env:A}", "x-alpha-betaalpha"],
  ["$${env:A}", "${env:A}"],
  ["$${env:A} ${env:A}", "${env:A} alpha"],
  ["$$ ${env:A}", "$$ alpha"],
  ["${env:NESTED}", "${env:A}"],
  ["${env:DOLLARS}", "$& $1 $$"],
  ["${file:secret.txt}", "from-a-file"],
  [`\${file:${files.folder}/secret.txt}`, "from-a-file"],
  ["${file:windows.txt}", "from-windows"],
  ["${file:two-lines.txt}", "one\ntwo\n"],
];

test.each(FILLED)("%p becomes %p", (text, expected) => {
  expect(run({ key: text })).toEqual({ document: { key: expected }, unfilled: [] });
});

test("every text at every depth is filled in, keys and other values are not", () => {
  const { document } = run({ "${env:A}": [{ b: "${env:B}", n: 1, t: true, z: null }] });
  expect(document).toEqual({ "${env:A}": [{ b: "beta", n: 1, t: true, z: null }] });
});

const REFUSED: [string, string][] = [
  ["${env:MISSING}", "needs the environment variable MISSING, which is not set or is empty"],
  ["${file:absent.txt}", 'needs the file "absent.txt", which does not exist'],
  ["${file:folder}", 'needs the file "folder", which is not a regular file'],
  ["${file:/dev/zero}", 'needs the file "/dev/zero", which is not a regular file'],
  ["${file:huge.txt}", 'needs the file "huge.txt", which is larger than 64 KiB'],
  ["${OPENAI_API_KEY}", "did you mean ${env:OPENAI_API_KEY}?"],
  ["${env:}", "neither ${env:NAME} nor ${file:/path}"],
  ["${env:A", "has a ${ without its }"],
  ["${a${env:A}", "has a ${ without its }"],
];

test.each(REFUSED)("%p is refused by path and name", (text, reason) => {
  const { unfilled } = run({ list: [{ key: text }] });
  expect(unfilled).toHaveLength(1);
  expect(unfilled[0]?.at).toBe("list[0].key");
  expect(unfilled[0]?.reason).toContain(reason);
  expect(unfilled[0]?.reason).not.toContain("alpha");
  expect(unfilled[0]?.reason).not.toContain("hidden");
});

test("a document that contains itself is refused", () => {
  const document: Record<string, unknown> = {};
  document.self = [document];
  expect(run(document).unfilled[0]?.reason).toContain("nested too deeply");
});

test("a document that unfolds without end is refused", () => {
  let document: unknown = "x";
  for (let level = 0; level < 40; level += 1) document = [document, document];
  expect(run(document).unfilled[0]?.reason).toContain("too many values");
});

test("__proto__ is no key and changes no object", () => {
  const { document, unfilled } = run(JSON.parse('{"aliases": {"__proto__": {"x": 1}}}'));
  expect(unfilled).toEqual([{ at: "aliases.__proto__", reason: "is not a usable key" }]);
  expect(document).toEqual({ aliases: {} });
});
