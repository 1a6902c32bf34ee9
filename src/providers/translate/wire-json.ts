/** Each escape of a JSON text; the group holds that of half a character, as `JSON.stringify` writes it. */
const ESCAPES = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/gs;

/**
 * A value as JSON that strict parsers take. Half of a character (clients cut texts in the midst of an emoji) is no
 * Unicode and refused with the whole request: "The request body is not valid JSON: no low surrogate in string"
 * (https://github.com/anthropics/claude-code/issues/10855). U+FFFD stands in, as it does everywhere such text is shown.
 */
export function wireJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!json.includes("\\ud")) return json;
  return json.replace(ESCAPES, (escaped, half: string | undefined) =>
    half === undefined ? escaped : "\ufffd",
  );
}
