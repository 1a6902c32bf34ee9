import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ERRORS } from "../src/core/errors.ts";
import { FAULTS } from "../src/core/faults.ts";
import { providersPage } from "../src/providers/document/providers-page.ts";
import { readSources, root, type Source } from "./sources.ts";

const LINK = /\]\(([^)\s]+)\)/g;
/** In backquotes: a path with a folder and a suffix, or a folder by its final slash, below one of our own. */
const PATH = /`((?:src|test|bench|bin|docs|console)\/[\w./-]*(?:\.\w+|\/|(?<=bin\/)\w+))`/g;
const COMMAND = /\bnpm (?:run )?([a-z][\w:-]*)/g;
/** npm's own commands, which need no script. */
const OF_NPM = ["ci", "install", "link", "run"];

/** Links and paths of a page that lead nowhere. */
function deadEnds({ path, text }: Source, exists: (path: string) => boolean): string[] {
  const links = [...text.matchAll(LINK)].map(([, link = ""]) => link.replace(/#.*$/, ""));
  const relative = links
    .filter((link) => link !== "" && !/^[a-z]+:/.test(link))
    .map((link) => join(dirname(path), link));
  const named = [...text.matchAll(PATH)].map(([, name = ""]) => name);
  return [...relative, ...named].filter((target) => !exists(target));
}

/** `npm …` in backquotes or code blocks that package.json knows nothing of. */
function unknownCommands({ text }: Source, scripts: string[]): string[] {
  const code = [...text.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([block]) => block).join("\n");
  return [...code.matchAll(COMMAND)]
    .map(([, name = ""]) => name)
    .filter((name) => ![...scripts, ...OF_NPM].includes(name));
}

/** The rows of the table whose header begins with `first`, each as its cells without backquotes. */
function tableOf(text: string, first: string): string[][] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${first} |`));
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  const cells = (line: string) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", ""));
  return lines.slice(start + 2, start + length).map(cells);
}

const pages = [...(await readSources("*.md")), ...(await readSources("docs/**/*.md"))];
const scripts = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts);
const errorsPage = readFileSync(join(root, "docs/errors.md"), "utf8");
const yesOrNo = (value: boolean) => (value ? "yes" : "no");

test.each(
  pages.map((page) => [page.path, page] as const),
)("%s names only files and commands that exist", (_, page) => {
  expect(deadEnds(page, (path) => existsSync(join(root, path)))).toEqual([]);
  expect(unknownCommands(page, scripts)).toEqual([]);
});

test("the pages a newcomer looks for are there", () => {
  const paths = pages.map(({ path }) => path);
  for (const name of ["README", "ARCHITECTURE", "CONTRIBUTING", "SECURITY", "GLOSSARY", "CHANGELOG"]) {
    expect(paths).toContain(`${name}.md`);
  }
});

test("docs/errors.md lists every error code as the code has it, and no other", () => {
  const written = tableOf(errorsPage, "code").map((cells) => cells.slice(0, 3));
  const coded = Object.entries(ERRORS).map(([code, { status, retry }]) => [
    code,
    String(status),
    yesOrNo(retry),
  ]);
  expect(written.sort()).toEqual(coded.sort());
});

test("docs/errors.md lists every fault as the code has it, and no other", () => {
  const written = tableOf(errorsPage, "fault").map((cells) => cells.slice(0, 7));
  const coded = Object.entries(FAULTS).map(([kind, { status, blame, retrySame, next, rest, scope }]) => [
    kind,
    String(status),
    blame,
    yesOrNo(retrySame),
    next,
    rest,
    scope ?? "deployment",
  ]);
  expect(written.sort()).toEqual(coded.sort());
});

test("docs/providers.md is what the presets and dialects do (npm run docs)", () => {
  expect(readFileSync(join(root, "docs/providers.md"), "utf8")).toBe(providersPage());
});

test("the pages name nothing of the machine they were written on", () => {
  const foreign = /\/(?:work|home|root|Users|tmp)\/|\.\.\/shared/;
  expect(pages.filter(({ text }) => foreign.test(text)).map(({ path }) => path)).toEqual([]);
});

test("dead links, paths and commands bite", () => {
  const text =
    "[a](b.md) [c](https://example.com/x) [d](#here) `src/core/gone.ts` `src/gone/` `bin/gone` `npm run gone` npm is fine";
  const page = { path: "docs/page.md", text };
  expect(deadEnds(page, () => false)).toEqual(["docs/b.md", "src/core/gone.ts", "src/gone/", "bin/gone"]);
  expect(deadEnds(page, () => true)).toEqual([]);
  expect(unknownCommands(page, ["test"])).toEqual(["gone"]);
});

test("a table ends with its last row", () => {
  expect(tableOf("| a | b |\n|---|---|\n| `x` | 1 |\n| y | 2 |\n\n| z | 3 |", "a")).toEqual([
    ["x", "1"],
    ["y", "2"],
  ]);
});
