import { basename } from "node:path";
import tailwind from "bun-plugin-tailwind";

/** A file of the bundle, by its path below `/console/`. */
export interface Output {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
  /** Loaded with the page: the entry comes first, then what it imports. */
  initial: boolean;
}

/** What one entry comes to: hashed names, pages split off, styles beside it. */
export async function bundle(entry: string, format: "esm" | "iife"): Promise<Output[]> {
  const built = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    format,
    splitting: format === "esm",
    minify: true,
    publicPath: "/console/",
    naming: {
      entry: "assets/[name]-[hash].[ext]",
      chunk: "assets/[name]-[hash].[ext]",
      asset: "assets/[name]-[hash].[ext]",
    },
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [tailwind],
  });
  const files = await Promise.all(
    built.outputs.map(async (artifact) => ({
      path: artifact.path.replace(/^\.?\//, ""),
      isEntry: artifact.kind === "entry-point",
      bytes: new Uint8Array(await artifact.arrayBuffer()),
    })),
  );
  const script = files.find(({ isEntry, path }) => isEntry && path.endsWith(".js"));
  if (!script) throw new Error(`${entry} came to no script`);
  const first = withImports(script, files);
  const initial = [...first, ...files.filter(({ path }) => path.endsWith(".css"))];
  const later = files.filter((file) => !initial.includes(file));
  return [
    ...initial.map(({ path, bytes }) => ({ path, bytes, initial: true })),
    ...later.map(({ path, bytes }) => ({ path, bytes, initial: false })),
  ];
}

interface Chunk {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The script and every chunk it imports at once, directly or not; `import()` comes later. */
function withImports(script: Chunk, files: readonly Chunk[]): Chunk[] {
  const found = [script];
  for (const { bytes } of found) {
    const { imports } = new Bun.Transpiler({ loader: "js" }).scan(new TextDecoder().decode(bytes));
    const names = imports.filter(({ kind }) => kind === "import-statement").map((it) => basename(it.path));
    for (const file of files)
      if (names.includes(basename(file.path)) && !found.includes(file)) found.push(file);
  }
  return found;
}
