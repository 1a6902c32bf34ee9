import { type ApiError, invalidField } from "../../core/errors.ts";
import { decodeCursor, encodeCursor } from "../../store/cursor.ts";

/** One page of a list whose order is told by nothing but itself; a reload between two pages may shift it. */
export function pageInOrder<Item>(
  items: readonly Item[],
  list: string,
  { limit, cursor }: { limit: number; cursor?: string },
): { items: readonly Item[]; nextCursor: string | null } | { refusal: ApiError } {
  const position = cursor === undefined ? [0] : decodeCursor(list, ["number"], cursor);
  const start = position?.[0] ?? -1;
  if (!Number.isSafeInteger(start) || start < 0) return { refusal: foreignCursor() };
  const end = start + limit;
  return {
    items: items.slice(start, end),
    nextCursor: items.length > end ? encodeCursor(list, [end]) : null,
  };
}

function foreignCursor(): ApiError {
  return invalidField("cursor", "The cursor is not one this list gave out.");
}

/** One page of what is in memory, by name. Pages by position, so what comes or goes meanwhile shifts nothing. */
export function pageByName<Item>(
  items: Iterable<Item>,
  nameOf: (item: Item) => string,
  list: string,
  { limit, cursor }: { limit: number; cursor?: string },
): { items: Item[]; nextCursor: string | null } | { refusal: ApiError } {
  const after = cursor === undefined ? null : decodeCursor(list, ["string"], cursor);
  if (cursor !== undefined && after === null) return { refusal: foreignCursor() };
  const sorted = [...items]
    .filter((item) => after === null || nameOf(item) > after[0])
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page,
    nextCursor: last && sorted.length > limit ? encodeCursor(list, [nameOf(last)]) : null,
  };
}
