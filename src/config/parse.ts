import { type Document, isMap, isScalar, LineCounter, parseDocument, visit, type YAMLError } from "yaml";
import { type Places, placesIn } from "./places.ts";

const LARGEST_FILE_BYTES = 1024 * 1024;

/** Where the parser's own words would not help an operator. */
const PLAIN_WORDS: Partial<Record<YAMLError["code"], string>> = {
  MULTIPLE_DOCS: "there must be only one document in the file",
  TAB_AS_INDENT: "tabs cannot indent; use spaces",
};

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
}

/** The parser quotes the file after a colon, and the file may hold a secret: only what comes before is told. */
function sentence(error: YAMLError, lines: LineCounter): string {
  const reason = PLAIN_WORDS[error.code] ?? error.message.split(/[:\n]/)[0];
  return `${place(lines, error.pos[0])}: ${reason}`;
}

/** The parser's own search for duplicates is quadratic: 90,000 keys (0.9 MB) took it 81 seconds. */
function duplicateKeys(document: Document, lines: LineCounter): string[] {
  const found: string[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = String(isScalar(key) ? key.value : key);
        const offset = isScalar(key) || isMap(key) ? (key.range?.[0] ?? 0) : 0;
        if (seen.has(name))
          found.push(`${place(lines, offset)}: the same key was already given in this mapping`);
        seen.add(name);
      }
    },
  });
  return found;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Reads YAML 1.2 (or JSON, which is a part of it). An empty file is an empty mapping. */
export function parseConfig(
  bytes: Uint8Array,
): { document: unknown; places: Places } | { problems: string[] } {
  if (bytes.length > LARGEST_FILE_BYTES) return { problems: ["the file is larger than 1 MiB"] };
  const text = decode(bytes);
  if (text === null) return { problems: ["the file is not UTF-8 text"] };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      version: "1.2",
      prettyErrors: false,
      uniqueKeys: false,
      lineCounter: lines,
    });
    const faults = [...document.errors, ...document.warnings].map((error) => sentence(error, lines));
    const problems = faults.length > 0 ? faults : duplicateKeys(document, lines);
    if (problems.length > 0) return { problems };
    return { document: document.toJS() ?? {}, places: placesIn(document, lines) };
  } catch (error) {
    return { problems: [refusal(error)] };
  }
}

/** What the parser throws, it throws for an alias without anchor, for an alias bomb, and when the stack is full. */
function refusal(error: unknown): string {
  if (!(error instanceof ReferenceError)) return "the file is nested too deeply";
  return error.message.startsWith("Unresolved alias")
    ? "an alias (*name) stands before its anchor (&name), or there is no such anchor"
    : "the file's aliases (*name) unfold into too many values";
}
