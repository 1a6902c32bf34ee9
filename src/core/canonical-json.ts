import { isObject } from "./json.ts";

/**
 * One text for one value: no spaces, the keys of each object in the order of their UTF-16 units, undefined left out, as
 * https://www.rfc-editor.org/rfc/rfc8785 has it. For what is hashed; `jq -cjS` writes the same where numbers are whole.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
