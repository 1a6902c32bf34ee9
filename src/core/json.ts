export type JsonObject = Record<string, unknown>;

/** True for `{…}` only: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The parsed text, or undefined where it is no JSON (JSON has no undefined, so nothing is hidden). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is nested deeper can be read but not written again. */
const DEEPEST = 1000;

/** Whether a value, read from a text of this length, is nested deeper than anybody means it. */
export function isTooDeep(value: unknown, textLength: number): boolean {
  // Each level takes at least two characters.
  return textLength > 2 * DEEPEST && isDeeper(value, DEEPEST);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (!Array.isArray(value)) return Object.values(value).some((it) => isDeeper(it, levels - 1));
  for (const item of value) if (typeof item === "object" && isDeeper(item, levels - 1)) return true;
  return false;
}

/** The same for what an upstream sends: undefined as well where it is too deep to be written again. */
export function parseAnswer(text: string): unknown {
  const value = parseJson(text);
  return isTooDeep(value, text.length) ? undefined : value;
}

/** What a table of ours says of a word that somebody else chose: `constructor` is none of its words. */
export function lookUp<Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** A number that somebody else tells, as such or as text; NaN for anything else (an object's own say may throw). */
export function numberOf(value: unknown): number {
  return typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
}

/** Numbers of fewer digits are exact; a run of digits inside a string merely takes the slower way. */
const LONG_NUMBER = /\d{16}/;

/**
 * `parseAnswer` for texts that are written again: a whole number that a double does not hold stands as it was told (models
 * call tools with ids of 18 digits), as a value that is good for `JSON.stringify` and nothing else.
 */
export function parseJsonExactly(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return parseAnswer(text);
  try {
    const value: unknown = JSON.parse(text, exactly);
    return isTooDeep(value, text.length) ? undefined : value;
  } catch {
    return undefined;
  }
}

function exactly(_key: string, value: unknown, { source }: { source: string }): unknown {
  return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
    ? JSON.rawJSON(source)
    : value;
}

/** https://tc39.es/proposal-json-parse-with-source/, which TypeScript does not know yet. */
declare global {
  interface JSON {
    rawJSON(text: string): object;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { source: string }) => unknown,
    ): unknown;
  }
}

/** A token count told by somebody else: a non-negative integer, or null for anything odd. */
export function tokenCount(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
