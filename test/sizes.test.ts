import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isForTests, readSources, root, type Source } from "./sources.ts";

const MAX_FILE_LINES = 400;
/** Lines of code in a body, comments not counted: the linter's own measure, and its default. */
const MAX_FUNCTION_LINES = 50;
const NAMELESS = [
  "utils",
  "util",
  "helpers",
  "common",
  "types",
  "services",
  "constants",
  "shared",
  "misc",
  "lib",
];

const lineCount = (text: string) => text.split("\n").length - (text.endsWith("\n") ? 1 : 0);

function tooLong(sources: Source[]): string[] {
  const counted = sources.map(({ path, text }) => ({ path, lines: lineCount(text) }));
  return counted
    .filter(({ lines }) => lines > MAX_FILE_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
}

function namelessFolders(paths: string[]): string[] {
  const folders = paths.map((path) => path.split("/").slice(0, -1).join("/"));
  return [...new Set(folders)].filter((folder) => folder.split("/").some((name) => NAMELESS.includes(name)));
}

/** Places of functions that are too long, as the linter sees them. Tests are left out: a `describe` is a function. */
function longFunctions(folder: string, paths: string[]): string[] {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const rule = "complexity/noExcessiveLinesPerFunction";
  const flags = [`--only=${rule}`, "--max-diagnostics=none", "--colors=off"];
  const child = Bun.spawnSync([process.execPath, biome, "lint", ...flags, ...paths], { cwd: folder });
  const report = child.stdout.toString() + child.stderr.toString();
  if (!/Checked \d+ files?/.test(report)) throw new Error(`the linter said: ${report}`);
  return [...report.matchAll(/^(\S+:\d+):\d+ lint\/complexity\/noExcessiveLinesPerFunction/gm)].map(
    (match) => match[1] ?? "",
  );
}

const sources = await readSources("{src,test,bench,bin,console}/**/*");
const scripts = sources.filter(({ path }) => /\.tsx?$/.test(path));

test(`no file is above ${MAX_FILE_LINES} lines`, () => expect(tooLong(sources)).toEqual([]));

test(`no function is above ${MAX_FUNCTION_LINES} lines`, () => {
  const paths = scripts.map(({ path }) => path).filter((path) => !/\.(test|soak)\.ts$/.test(path));
  expect(longFunctions(root, paths)).toEqual([]);
});

test("the median file has at most 80 lines", () => {
  const lines = scripts.filter(({ path }) => !isForTests(path)).map(({ text }) => lineCount(text));
  expect(lines.sort((a, b) => a - b)[Math.floor(lines.length / 2)] ?? 0).toBeLessThanOrEqual(80);
});

test("every folder is a noun of the product", () => {
  expect(namelessFolders(sources.map(({ path }) => path))).toEqual([]);
});

const scratch = mkdtempSync(join(tmpdir(), "nyuro-sizes-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("the length of a file bites from its 401st line", () => {
  expect(tooLong([{ path: "src/core/a.ts", text: "a;\n".repeat(400) }])).toEqual([]);
  expect(tooLong([{ path: "src/core/a.ts", text: "a;\n".repeat(401) }])).toEqual([
    "src/core/a.ts: 401 lines",
  ]);
});

test.each([
  "function long() {\n*}",
  "const long = async () => {\n*};",
  "class A {\n  long() {\n*  }\n}",
])("the length of a function bites from its 51st line: %s", (form) => {
  mkdirSync(join(scratch, "src"), { recursive: true });
  for (const lines of [MAX_FUNCTION_LINES, MAX_FUNCTION_LINES + 1]) {
    writeFileSync(
      join(scratch, "src", `lines-${lines}.ts`),
      form.replace("*", "    step();\n".repeat(lines)),
    );
  }
  const found = longFunctions(scratch, ["src"]);
  expect(found).toEqual([expect.stringContaining("src/lines-51.ts")]);
});

test("the names of folders bite", () => {
  expect(namelessFolders(["src/core/utils/a.ts", "src/common/b.ts", "src/keys/types.ts"])).toEqual([
    "src/core/utils",
    "src/common",
  ]);
});
