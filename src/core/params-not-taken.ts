import { isObject, type JsonObject } from "./json.ts";

/**
 * Fields of a request that a deployment does not take, so that they would be dropped on the way or it could not be
 * called: `true` = whatever they say, a list = with these values only. Of an object the value is its `type`.
 */
export type ParamsNotTaken = Readonly<Record<string, true | readonly string[]>>;

/** Values that are what a provider does anyway: leaving them out loses nothing. */
const NEUTRAL = new Map<string, unknown>([
  ["n", 1],
  ["logprobs", false],
  ["frequency_penalty", 0],
  ["presence_penalty", 0],
  ["service_tier", "auto"],
]);

export function isNeutral(field: string, value: unknown): boolean {
  return NEUTRAL.has(field) && NEUTRAL.get(field) === value;
}

/** The values of a field as a list of `ParamsNotTaken` names them; several where the field holds a list. */
export function wordsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  const word = isObject(value) ? value.type : value;
  // What a caller nests there is no word, and its own `toString` need not be a function.
  return [typeof word === "object" && word !== null ? "" : String(word)];
}

/** Those fields of a request that are not taken; what asks for nothing is not missed. */
export function notTakenOf(body: Readonly<JsonObject>, params: ParamsNotTaken): string[] {
  return Object.entries(params).flatMap(([field, values]) => {
    const value = body[field];
    if (value === undefined || value === null || isEmpty(value) || isNeutral(field, value)) return [];
    return values === true || wordsOf(value).some((word) => values.includes(word)) ? [field] : [];
  });
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
