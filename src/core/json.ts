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

/** Numbers of fewer digits are exact; a run of digits inside a string merely takes the slower way. */
const LONG_NUMBER = /\d{16}/;

/**
 * The same for texts that are written again: a whole number that a double does not hold stands as it was told (models
 * call tools with ids of 18 digits), as a value that is good for `JSON.stringify` and nothing else.
 */
export function parseJsonExactly(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return parseJson(text);
  try {
    return JSON.parse(text, exactly);
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
