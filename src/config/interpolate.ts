import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type Path, showPath } from "./problem.ts";

const LARGEST_SECRET_BYTES = 64 * 1024;
/** Aliases of YAML let a small file unfold into a huge or even an endless one. */
const MOST_VALUES = 100_000;
const DEEPEST = 50;

export interface InterpolationSources {
  /** null = not set, or empty. */
  variable(name: string): string | null;
  /** Relative file names start here. */
  folder: string;
}

/** `at` is the path as it is shown, `reason` the rest of the sentence. */
export interface Unfilled {
  at: string;
  reason: string;
}

interface Walk extends InterpolationSources {
  unfilled: Unfilled[];
  values: number;
}

/** `$${` stands for itself; `${` begins a reference, which has no nested braces. */
const REFERENCE = /\$\$\{|\$\{([^{}]*)\}?/g;

function readSecretFile(name: string, folder: string): { text: string } | { reason: string } {
  try {
    const path = resolve(folder, name);
    const stat = statSync(path);
    if (!stat.isFile()) return { reason: "is not a regular file" };
    if (stat.size > LARGEST_SECRET_BYTES) return { reason: "is larger than 64 KiB" };
    return { text: readFileSync(path, "utf8").replace(/\r?\n$/, "") };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return { reason: code === "ENOENT" ? "does not exist" : `cannot be read (${code})` };
  }
}

function unknownReference(reference: string): string {
  const hint = /^[A-Za-z_]\w*$/.test(reference) ? `; did you mean \${env:${reference}}?` : "";
  return `has a reference that is neither \${env:NAME} nor \${file:/path}${hint}`;
}

/** The text of one reference, or the rest of a sentence that says why there is none. */
function lookUp(reference: string, walk: Walk): { text: string } | { refusal: string } {
  const variable = /^env:([A-Za-z_]\w*)$/.exec(reference)?.[1];
  if (variable !== undefined) {
    const text = walk.variable(variable);
    if (text !== null) return { text };
    return { refusal: `needs the environment variable ${variable}, which is not set or is empty` };
  }
  const file = /^file:(.+)$/.exec(reference)?.[1];
  if (file === undefined) return { refusal: unknownReference(reference) };
  const read = readSecretFile(file, walk.folder);
  return "text" in read ? read : { refusal: `needs the file ${JSON.stringify(file)}, which ${read.reason}` };
}

function fill(text: string, path: Path, walk: Walk): string {
  return text.replace(REFERENCE, (match, reference?: string) => {
    if (reference === undefined) return "${";
    const found = match.endsWith("}")
      ? lookUp(reference, walk)
      : { refusal: "has a ${ without its }; write $${ for the characters themselves" };
    if ("text" in found) return found.text;
    walk.unfilled.push({ at: showPath(path), reason: found.refusal });
    return match;
  });
}

function copy(value: unknown, path: Path, walk: Walk): unknown {
  walk.values += 1;
  if (walk.values > MOST_VALUES || path.length > DEEPEST) throw new RangeError("too much to unfold");
  if (typeof value === "string") return value.includes("${") ? fill(value, path, walk) : value;
  if (Array.isArray(value)) return value.map((entry, index) => copy(entry, [...path, index], walk));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => {
    if (key === "__proto__")
      walk.unfilled.push({ at: showPath([...path, key]), reason: "is not a usable key" });
    return key !== "__proto__";
  });
  return Object.fromEntries(entries.map(([key, entry]) => [key, copy(entry, [...path, key], walk)]));
}

/**
 * A copy of the document with `${env:NAME}` and `${file:/path}` replaced in every text, but not in keys.
 * What was filled in is not looked at again, and what is reported never holds it.
 */
export function interpolate(
  document: unknown,
  sources: InterpolationSources,
): { document: unknown; unfilled: Unfilled[] } {
  const walk: Walk = { ...sources, unfilled: [], values: 0 };
  try {
    return { document: copy(document, [], walk), unfilled: walk.unfilled };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const reason = "is nested too deeply or unfolds into too many values";
    return { document: {}, unfilled: [{ at: showPath([]), reason }] };
  }
}
