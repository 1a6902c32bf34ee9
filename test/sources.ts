import { join } from "node:path";

/** What the tests about the source itself share: the files, and how to read them without their comments. */
export interface Source {
  /** From the root of the repository: `src/core/ids.ts`. */
  path: string;
  text: string;
}

export const root = join(import.meta.dir, "..");

/** Every file of the glob pattern, fixtures excepted. */
export async function readSources(pattern: string): Promise<Source[]> {
  const paths = [...new Bun.Glob(pattern).scanSync({ cwd: root })].sort();
  const wanted = paths.filter((path) => !/(^|\/)(fixtures|node_modules|generated|dist)\//.test(path));
  return Promise.all(wanted.map(async (path) => ({ path, text: await Bun.file(join(root, path)).text() })));
}

/** Tests, what only tests use, and the benchmark: the rules of the layers are not for them. */
export function isForTests(path: string): boolean {
  return /\.(test|soak)\.ts$|^(test|bench)\/|^src\/testing\//.test(path);
}

const COMMENT = String.raw`\/\*[\s\S]*?\*\/|\/\/[^\n]*`;
const TEMPLATE = String.raw`\x60(?:\\[\s\S]|[^\\\x60])*\x60`;
const STRING = String.raw`"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'`;
/** A regular expression stands where a value may begin; anywhere else the slash divides. */
const PATTERN = String.raw`(?<=[=(,:;!&|?{}[\n]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*`;
const TOKENS = new RegExp([COMMENT, TEMPLATE, STRING, PATTERN].join("|"), "g");

/** The text without comments. */
export function withoutComments(text: string): string {
  return text.replace(TOKENS, (token) => (/^\/[/*]/.test(token) ? "" : token));
}

/** The text without comments, strings and regular expressions; templates stay, for what they interpolate. */
export function bareCode(text: string): string {
  return text.replace(TOKENS, (token) => {
    if (token.startsWith("`")) return token;
    return /^\/[/*]/.test(token) ? "" : '""';
  });
}
