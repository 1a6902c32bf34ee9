import { basename, relative, sep } from "node:path";
import type { Places } from "./places.ts";

/** Where the configuration file says something. */
export interface Origin {
  /** The file as seen from the folder of the program; its name alone where it lies elsewhere. */
  file: string;
  /** From 1; null = unknown. */
  line: number | null;
}

/** Where each named thing of the configuration stands. What comes from elsewhere is not in it. */
export interface Origins {
  providers: ReadonlyMap<string, Origin>;
  rules: ReadonlyMap<string, Origin>;
  aliases: ReadonlyMap<string, Origin>;
  industries: ReadonlyMap<string, Origin>;
  auto: ReadonlyMap<string, Origin>;
}

export const NO_ORIGINS: Origins = {
  ...{ providers: new Map(), rules: new Map() },
  ...{ aliases: new Map(), industries: new Map(), auto: new Map() },
};

/** Names in the order of the file. */
interface Named {
  providers: readonly string[];
  rules: readonly string[];
}

/** `path`: of the file, absolute; null = there is none. */
export function originsOf(places: Places, named: Named, path: string | null, cwd: string): Origins {
  if (path === null) return NO_ORIGINS;
  const file = shownPath(path, cwd);
  const ofList = (names: readonly string[], lines: Places["rules"]) =>
    new Map(names.map((name, at) => [name, { file, line: lines[at] ?? null }]));
  const ofMap = (lines: Places["aliases"]) =>
    new Map([...lines].map(([name, line]) => [name, { file, line }]));
  return {
    providers: ofList(named.providers, places.providers),
    rules: ofList(named.rules, places.rules),
    aliases: ofMap(places.aliases),
    industries: ofMap(places.industries),
    auto: ofMap(places.auto),
  };
}

/** Never an absolute path: it may name a person, and is nobody's business. */
function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith(`..${sep}`) || short === ".." ? basename(path) : short;
}
