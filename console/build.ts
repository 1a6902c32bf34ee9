import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { bundle, type Output } from "./bundle.ts";

/**
 * `sh bin/run console/build.ts`: writes `console/dist/`. With `--if-stale` only where it is missing or older than what
 * it is made of. Beside each file lies the same as `.gz`; `manifest.json` tells what there is.
 */
const home = import.meta.dir;
const dist = join(home, "dist");
/** The types it takes from `src/` are no part of it. */
const SOURCES = ["src/**/*", "*.ts", "package.json", "../package-lock.json"];
const OLD_MS = 60_000;
const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

export interface BuiltFile {
  type: string;
  bytes: number;
  gzip_bytes: number;
  /** It is loaded before anything is seen. */
  initial: boolean;
  /** Its name changes with its content: it may be kept for ever. */
  immutable: boolean;
}

/** By path below `/console/`. */
export type BuiltFiles = Record<string, BuiltFile>;

/** Several may build at once: each file comes into its place by a rename, and what is named by its content is the same. */
export async function buildConsole(): Promise<BuiltFiles> {
  const outputs = await everything();
  mkdirSync(join(dist, "assets"), { recursive: true });
  const files: BuiltFiles = {};
  for (const output of outputs) files[output.path] = place(output);
  // Last: from now on the files are there.
  put("manifest.json", `${JSON.stringify(files, null, 2)}\n`);
  clearOld(files);
  return files;
}

export function isStale(): boolean {
  const builtMs = modifiedMs(join(dist, "manifest.json"));
  const files = SOURCES.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync({ cwd: home })]);
  return builtMs === null || files.some((file) => (modifiedMs(join(home, file)) ?? 0) > builtMs);
}

function modifiedMs(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

async function everything(): Promise<Output[]> {
  const app = await bundle(join(home, "src/main.tsx"), "esm");
  // Runs before the first paint, so it is a classic script of its own: a module would come after it.
  const theme = await bundle(join(home, "src/theme-start.ts"), "iife");
  const icon = {
    path: "icon.svg",
    bytes: await Bun.file(join(home, "src/icon.svg")).bytes(),
    initial: false,
  };
  const html = { path: "index.html", bytes: new TextEncoder().encode(page(app, theme)), initial: true };
  return [...theme, ...app, icon, html];
}

function place({ path, bytes, initial }: Output): BuiltFile {
  const type = TYPES[extname(path)];
  if (type === undefined) throw new Error(`${path} is of no type that is served`);
  const zipped = Bun.gzipSync(bytes, { level: 9 });
  put(path, bytes);
  put(`${path}.gz`, zipped);
  return {
    ...{ type, bytes: bytes.byteLength, gzip_bytes: zipped.byteLength },
    ...{ initial, immutable: path.startsWith("assets/") },
  };
}

function put(path: string, content: Uint8Array | string): void {
  const draft = join(dist, `${path}.${process.pid}.draft`);
  writeFileSync(draft, content);
  renameSync(draft, join(dist, path));
}

/** What no manifest names any more; what is younger may be another build's, under way. */
function clearOld(files: BuiltFiles): void {
  const kept = new Set(["manifest.json", ...Object.keys(files).flatMap((name) => [name, `${name}.gz`])]);
  for (const name of new Bun.Glob("**/*").scanSync({ cwd: dist })) {
    const path = join(dist, name);
    if (!kept.has(name) && Date.now() - (modifiedMs(path) ?? 0) > OLD_MS) rmSync(path, { force: true });
  }
}

/** Nothing inline: the page is served with a strict content security policy. */
function page(app: readonly Output[], theme: readonly Output[]): string {
  const initial = app.filter((it) => it.initial).map(({ path }) => path);
  const [themeScript] = theme;
  const tags = [
    `<script src="/console/${themeScript?.path}"></script>`,
    ...initial
      .filter((it) => it.endsWith(".css"))
      .map((it) => `<link rel="stylesheet" href="/console/${it}">`),
    ...initial
      .filter((it) => it.endsWith(".js"))
      .map((it, index) =>
        index === 0
          ? `<script type="module" src="/console/${it}"></script>`
          : `<link rel="modulepreload" href="/console/${it}">`,
      ),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Nyuro</title>
<link rel="icon" type="image/svg+xml" href="/console/icon.svg">
${tags.join("\n")}
</head>
<body>
<div id="app"></div>
<noscript>The console needs JavaScript.</noscript>
</body>
</html>
`;
}

if (import.meta.main && !(process.argv.includes("--if-stale") && !isStale())) {
  const files = Object.values(await buildConsole());
  const kilobytes = (sizes: BuiltFile[]) =>
    Math.ceil(sizes.reduce((sum, { gzip_bytes }) => sum + gzip_bytes, 0) / 1000);
  const initial = files.filter((it) => it.initial && it.type.startsWith("text/javascript"));
  console.log(
    `console: ${files.length} files, ${kilobytes(files)} kB; at first ${kilobytes(initial)} kB of script`,
  );
}
