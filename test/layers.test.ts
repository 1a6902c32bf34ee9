import { expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { bareCode, isForTests, readSources, root, type Source, withoutComments } from "./sources.ts";

/** Who may import whom: a folder those of earlier rows only, never its neighbours in the row. */
const LAYERS = [
  ["core"],
  ["config", "store"],
  ["keys", "people", "budget", "catalog", "ledger", "providers", "routing"],
  ["gateway"],
  ["server", "cli"],
  ["boot"],
  ["main.ts"],
];

const IMPORT =
  /^\s*(?:import|export)\b[^;"']*?from\s*"([^"]+)"|^\s*import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

const folderOf = (path: string) => path.split("/")[1] ?? "";
const layerOf = (path: string) => LAYERS.findIndex((row) => row.includes(folderOf(path)));

/** Paths of our own that a file imports, types included. */
function importsOf({ path, text }: Source): string[] {
  const named = [...withoutComments(text).matchAll(IMPORT)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? "",
  );
  return named.filter((name) => name.startsWith(".")).map((name) => posix.join(posix.dirname(path), name));
}

function layerBreaks(sources: Source[]): string[] {
  return sources
    .filter(({ path }) => !isForTests(path))
    .flatMap((source) => {
      const own = layerOf(source.path);
      if (own < 0) return [`${source.path} is in no layer`];
      return importsOf(source)
        .filter((target) => folderOf(target) !== folderOf(source.path) || isForTests(target))
        .filter((target) => isForTests(target) || layerOf(target) < 0 || layerOf(target) >= own)
        .map((target) => `${source.path} imports ${target}`);
    });
}

function cycles(sources: Source[]): string[] {
  const graph = new Map(sources.map((source) => [source.path, importsOf(source)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: string[]) => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    if (done.has(path) || trail.includes(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

interface Home {
  what: string;
  /** Where it may stand. */
  home: RegExp;
  sign: RegExp;
  /** Looked for in strings too. */
  strings?: boolean;
}

/** The one home of each effect. A method called `fetch` is not the global: it has a body, or an object before it. */
const HOMES: Home[] = [
  {
    what: "fetch",
    home: /^src\/(providers\/send|cli\/api)\.ts$/,
    sign: /(?<![.\w$])fetch\s*\((?![^()]*\)\s*(?::[^{;]+)?\{)|\b(?:globalThis|Bun)\.fetch\b|[=:,(]\s*fetch\s*[,;)}]/,
  },
  {
    what: "another HTTP client",
    home: /^$/,
    sign: /from "(?:node:)?(?:https?|http2|undici|axios)"/,
    strings: true,
  },
  {
    what: "the environment",
    home: /^src\/config\//,
    sign: /\bprocess\s*\.\s*env\b|\bBun\s*\.\s*env\b|\bimport\.meta\.env\b|=\s*process\s*;/,
  },
  {
    what: "the clock",
    home: /^src\/core\//,
    sign: /\bDate\.now\b|\bperformance\.now\b|\bBun\.nanoseconds\b|\bhrtime\b|\bnew Date\(\s*\)/,
  },
  {
    what: "randomness",
    home: /^src\/core\//,
    sign: /\bMath\.random\b|\bgetRandomValues\b|\brandomUUID(?:v7)?\b|\brandomBytes\b/i,
  },
  {
    what: "SQL",
    home: /^src\/store\//,
    sign: /from "(?:bun:sqlite|kysely)"|\bnew Database\(|(?<!\bthis)\.prepare\(|\bsql(?:<[^>]*>)?`|\.(?:query|exec|run)\(\s*["'`]\s*(?:select|insert|update|delete|create|drop|alter|pragma|begin|with)\b/i,
    strings: true,
  },
];

function strays(sources: Source[], homes = HOMES): string[] {
  return sources
    .filter(({ path }) => !isForTests(path))
    .flatMap(({ path, text }) =>
      homes
        .filter(
          ({ home, sign, strings }) =>
            !home.test(path) && sign.test(strings ? withoutComments(text) : bareCode(text)),
        )
        .map(({ what }) => `${path} holds ${what}`),
    );
}

/** No decision by a provider's id outside the presets; where an id is a dialect's too, by dialect only. */
function providerHome(ids: string[]): Home {
  const id = `["'](?:${ids.join("|")})["']`;
  const sign = new RegExp(
    String.raw`(?<![!=]|dialect\s*)[!=]==?\s*${id}|${id}\s*[!=]==?(?!\s*[\w.]*dialect\b)|\bcase\s+${id}|\.includes\(\s*${id}`,
  );
  return { what: "a provider's id", home: /^src\/providers\/(?:presets|dialects)\//, sign, strings: true };
}

const sources = await readSources("src/**/*.ts");
const presets = sources.filter(({ path }) => path.startsWith("src/providers/presets/") && !isForTests(path));
const presetIds = presets.flatMap(({ text }) =>
  [...text.matchAll(/^\s*id:\s*"([^"]+)"/gm)].map((match) => match[1] ?? ""),
);

test("there are sources to look at", () => expect(sources.length).toBeGreaterThan(20));
test("folders import only what lies below them", () => expect(layerBreaks(sources)).toEqual([]));
test("no file imports itself over others", () => expect(cycles(sources)).toEqual([]));
test("every effect stays in its home", () => expect(strays(sources)).toEqual([]));
test("nothing is decided by a provider's id outside its preset", () => {
  expect(strays(sources, presetIds.length > 0 ? [providerHome(presetIds)] : [])).toEqual([]);
});
test("no rule of the linter is silenced", () => {
  const silenced = /biome-ignore|@ts-(?:ignore|nocheck|expect-error)/;
  expect(sources.filter(({ text }) => silenced.test(text)).map(({ path }) => path)).toEqual([]);
});

const at = (path: string, text: string): Source => ({ path, text });

test.each([
  ["src/core/a.ts", 'import { b } from "../config/b.ts";', "src/core/a.ts imports src/config/b.ts"],
  ["src/keys/a.ts", 'import type { B } from "../ledger/b.ts";', "src/keys/a.ts imports src/ledger/b.ts"],
  ["src/cli/a.ts", 'export { b } from "../server/b.ts";', "src/cli/a.ts imports src/server/b.ts"],
  ["src/gateway/a.ts", 'import {\n  b,\n} from "../main.ts";', "src/gateway/a.ts imports src/main.ts"],
  ["src/store/a.ts", 'const b = await import("../keys/b.ts");', "src/store/a.ts imports src/keys/b.ts"],
  ["src/main.ts", 'import "./testing/upstream.ts";', "src/main.ts imports src/testing/upstream.ts"],
  ["src/utils/a.ts", "", "src/utils/a.ts is in no layer"],
])("the layers bite in %s: %s", (path, text, expected) => {
  expect(layerBreaks([at(path, text)])).toEqual([expected]);
  expect(layerBreaks([at(path.replace(/\.ts$/, ".test.ts"), text)])).toEqual([]);
});

test("the layers leave alone what is below, beside and outside", () => {
  const text =
    'import { z } from "zod";\nimport { b } from "./b.ts";\n// from "../main.ts"\nimport { c } from "../core/c.ts";';
  expect(layerBreaks([at("src/gateway/a.ts", text)])).toEqual([]);
});

test("cycles bite, through any number of files", () => {
  const circle = [at("src/core/a.ts", 'import "./b.ts";'), at("src/core/b.ts", 'import "./c.ts";')];
  expect(cycles(circle)).toEqual([]);
  expect(cycles([...circle, at("src/core/c.ts", 'import "./a.ts";')])).toHaveLength(1);
});

test.each([
  ["fetch", "const reply = await fetch(url);"],
  ["fetch", "if (await fetch(url)) {\n}"],
  ["fetch", "start({ get: fetch });"],
  ["another HTTP client", 'import { request } from "node:https";'],
  ["the environment", "const key = process.env.KEY;"],
  ["the environment", "const { env } = process;"],
  ["the clock", "const from = /[\"']/.test(x) ? Date.now() : 0;"],
  ["the clock", "const today = new Date();"],
  ["randomness", "const id = crypto.randomUUID();"],
  ["SQL", 'import { Database } from "bun:sqlite";'],
  ["SQL", 'database.query("select 1").get();'],
  ["SQL", "sql<number>`count(*)`"],
])("the home of %s bites: %s", (what, text) => {
  expect(strays([at("src/gateway/a.ts", text)])).toEqual([`src/gateway/a.ts holds ${what}`]);
  expect(strays([at("src/gateway/a.ts", `// ${text.replaceAll("\n", " ")}`)])).toEqual([]);
});

test("the homes leave alone what only looks alike", () => {
  const text =
    'serve({ async fetch(request: Request): Promise<Response> {\n} });\napp.fetch(request);\nthrow new Error("fetch(url) and process.env");\nnew Date(timeMs);\nurl.searchParams.get("query");';
  expect(strays([at("src/server/a.ts", text)])).toEqual([]);
  expect(strays([at("src/providers/send.ts", "fetch(url);"), at("src/core/a.ts", "Date.now();")])).toEqual(
    [],
  );
});

test.each([
  ['if (provider.id === "groq") {}', 1],
  ['if ("groq" !== id) {}', 1],
  ['switch (id) { case "openai": }', 1],
  ['if (provider.dialect === "openai") {}', 0],
  ['const preset = presets.get("groq");', 0],
])("a decision by provider id bites: %s", (text, count) => {
  expect(strays([at("src/gateway/a.ts", text)], [providerHome(["openai", "groq"])])).toHaveLength(count);
});

test.each([
  ["noExplicitAny", "export const a: any = 1;"],
  ["noDefaultExport", "const a = 1;\nexport default a;"],
  ["noNonNullAssertion", "export const a = (b: string | null) => b!;"],
])("the linter's rule %s is on", (rule, text) => {
  const folder = mkdtempSync(join(tmpdir(), "nyuro-lint-"));
  try {
    mkdirSync(join(folder, "src"));
    copyFileSync(join(root, "biome.json"), join(folder, "biome.json"));
    writeFileSync(join(folder, "src", "a.ts"), text);
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const child = Bun.spawnSync([process.execPath, biome, "lint", "src"], { cwd: folder });
    expect(child.exitCode).toBe(1);
    expect(child.stderr.toString()).toContain(`/${rule} `);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
