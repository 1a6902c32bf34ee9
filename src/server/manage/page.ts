import { type ApiError, invalidField } from "../../core/errors.ts";
import { decodeCursor, encodeCursor } from "../../store/cursor.ts";

/** One page of what is in memory, by name. Pages by position, so what comes or goes meanwhile shifts nothing. */
export function pageByName<Item>(
  items: Iterable<Item>,
  nameOf: (item: Item) => string,
  list: string,
  { limit, cursor }: { limit: number; cursor?: string },
): { items: Item[]; nextCursor: string | null } | { refusal: ApiError } {
  const after = cursor === undefined ? null : decodeCursor(list, ["string"], cursor);
  if (cursor !== undefined && after === null)
    return { refusal: invalidField("cursor", "The cursor is not one this list gave out.") };
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
