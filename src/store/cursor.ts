/** Where the next page of a list begins: the sort key of the last row given out. */
export type Position = readonly (string | number)[];

/** Opaque to clients; `shape` names the list and the types, so that a cursor of one list is refused by another. */
export function encodeCursor(list: string, position: Position): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString("base64url");
}

/** The position, or null for text that is no cursor of this list with these types. */
export function decodeCursor<const T extends readonly ("string" | "number")[]>(
  list: string,
  types: T,
  cursor: string,
): { [I in keyof T]: T[I] extends "string" ? string : number } | null {
  if (cursor.length > 500 || !/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return null;
  }
  if (!Array.isArray(parsed) || parsed.length !== types.length + 1 || parsed[0] !== list) return null;
  const position = parsed.slice(1);
  if (!position.every((value, index) => typeof value === types[index])) return null;
  return position as { [I in keyof T]: T[I] extends "string" ? string : number };
}
