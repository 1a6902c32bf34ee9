import { type Document, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from "yaml";

/** Where in its file, by line, counted from 1. Null = the parser does not say. */
type Line = number | null;

/** Where the named things of a configuration file stand. Lists are by place, because a name may be filled in later. */
export interface Places {
  providers: readonly Line[];
  rules: readonly Line[];
  aliases: ReadonlyMap<string, Line>;
  industries: ReadonlyMap<string, Line>;
  auto: ReadonlyMap<string, Line>;
}

/** Of where there is no file. */
export const NO_PLACES: Places = {
  ...{ providers: [], rules: [] },
  ...{ aliases: new Map(), industries: new Map(), auto: new Map() },
};

export function placesIn(document: Document, lines: LineCounter): Places {
  const lineOf = (node: unknown): Line => {
    const start = (node as Partial<Node> | null)?.range?.[0];
    return start === undefined ? null : lines.linePos(start).line;
  };
  const root = document.contents;
  const section = (name: string): unknown => (isMap(root) ? root.get(name, true) : undefined);
  const items = (name: string) => {
    const list = section(name);
    return isSeq(list) ? list.items.map(lineOf) : [];
  };
  const keys = (name: string) => {
    const map = section(name);
    const pairs: readonly Pair[] = isMap(map) ? map.items : [];
    return new Map(pairs.map(({ key }) => [String(isScalar(key) ? key.value : key), lineOf(key)]));
  };
  return {
    ...{ providers: items("providers"), rules: items("rules") },
    ...{ aliases: keys("aliases"), industries: keys("industries"), auto: keys("auto") },
  };
}
