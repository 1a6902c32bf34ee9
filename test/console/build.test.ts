import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildConsole, isStale } from "../../console/build.ts";
import { bareCode, isForTests, readSources, root } from "../sources.ts";

const dist = join(root, "console", "dist");
const files = Object.entries(await buildConsole());
const text = (name: string) => readFileSync(join(dist, name), "utf8");
const scripts = files.filter(([, { type }]) => type.startsWith("text/javascript"));
const bytes = (of: typeof files) => of.reduce((sum, [, { gzip_bytes }]) => sum + gzip_bytes, 0);

const MOST_INITIAL_SCRIPT_BYTES = 200_000;

test("the script of the first page is at most 200 kB zipped, and the other pages come later", () => {
  const initial = scripts.filter(([, it]) => it.initial);
  expect(bytes(initial)).toBeLessThanOrEqual(MOST_INITIAL_SCRIPT_BYTES);
  expect(bytes(initial)).toBeGreaterThan(50_000);
  for (const later of ["playground", "billing", "logs", "overview", "providers"]) {
    const [, file] = scripts.find(([name]) => name.startsWith(`assets/${later}-`)) ?? [];
    expect(file).toMatchObject({ initial: false, immutable: true });
  }
});

test("what draws charts is a file of its own, which comes with the first chart", () => {
  const drawing = scripts.filter(([name]) => text(name).includes("recharts-"));
  expect(drawing.map(([name, { initial }]) => [name.replace(/-\w+\.js$/, ""), initial])).toEqual([
    ["assets/chart-drawing", false],
  ]);
  expect(bytes(drawing)).toBeLessThanOrEqual(130_000);
});

test("the manifest tells the truth: each file is there, and zipped beside itself", () => {
  expect(files.map(([name]) => name)).toContain("index.html");
  for (const [name, { bytes: size, gzip_bytes, immutable }] of files) {
    const plain = readFileSync(join(dist, name));
    const zipped = readFileSync(join(dist, `${name}.gz`));
    expect([plain.length, zipped.length]).toEqual([size, gzip_bytes]);
    expect(Buffer.from(Bun.gunzipSync(zipped)).equals(plain)).toBe(true);
    expect(immutable).toBe(/-[a-z0-9]{8}\.(js|css)$/.test(name));
  }
  expect(isStale()).toBe(false);
});

test("the page holds nothing inline and nothing from elsewhere, and sets the theme before its styles", () => {
  const page = text("index.html");
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script>|https?:|\/\/\w/);
  expect(page.indexOf("theme-start")).toBeLessThan(page.indexOf('rel="stylesheet"'));
  const named = [...page.matchAll(/(?:src|href)="\/console\/([^"]+)"/g)].map(([, name]) => name ?? "");
  expect(named.length).toBeGreaterThanOrEqual(4);
  for (const name of named) expect(files.map(([it]) => it)).toContain(name);
});

test("no style is fetched from elsewhere, nothing of the server is in the scripts", () => {
  for (const [name] of files.filter(([, { type }]) => type.startsWith("text/css")))
    expect(text(name)).not.toMatch(/@import|url\((?!["']?data:)/);
  const all = scripts.map(([name]) => text(name)).join("\n");
  for (const foreign of ["bun:sqlite", "node:fs", "kysely", "process.env"])
    expect(all).not.toContain(foreign);
});

test("the console takes types from the server and nothing else, and calls it from one file", async () => {
  const sources = (await readSources("console/src/**/*.{ts,tsx}")).filter(({ path }) => !isForTests(path));
  expect(sources.length).toBeGreaterThan(40);
  const takes = sources.filter(({ text }) => /import (?!type\b)[^;]*"(?:\.\.\/)+src\//.test(text));
  expect(takes.map(({ path }) => path)).toEqual([]);
  const calls = sources.filter(({ text }) => /(?<![.\w])fetch\(|\bXMLHttpRequest\b/.test(bareCode(text)));
  expect(calls.map(({ path }) => path)).toEqual(["console/src/api.ts"]);
});

test("nothing is written into the page as HTML, and no text becomes code", async () => {
  const sources = await readSources("console/src/**/*.{ts,tsx}");
  const risky = /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function\(/;
  expect(sources.filter(({ text }) => risky.test(text)).map(({ path }) => path)).toEqual([]);
});
