import { decodeCursor, encodeCursor } from "../store/cursor.ts";
import { type KeyRefusal, refuse } from "./input.ts";
import type { KeyRecord } from "./record.ts";

export interface ListOptions {
  /** 1 to 1000. */
  limit: number;
  /** `nextCursor` of the page before; null = the first page. */
  cursor: string | null;
}

export interface KeyListOptions extends ListOptions {
  /** null = every organization. */
  orgId: string | null;
}

export interface KeyPage {
  keys: KeyRecord[];
  /** null = this was the last page. */
  nextCursor: string | null;
}

interface Made {
  readonly id: string;
  readonly createdAtMs: number;
}

export function pageOfKeys(keys: readonly KeyRecord[], options: KeyListOptions): KeyPage | KeyRefusal {
  const { orgId } = options;
  const own = orgId === null ? keys : keys.filter((key) => key.orgId === orgId);
  const page = pageNewestFirst(own, "keys", options);
  return "refusal" in page ? page : { keys: page.items, nextCursor: page.nextCursor };
}

/**
 * One page of the list called `list`, newest first. Pages by position, so what is made or changed meanwhile neither
 * repeats nor vanishes.
 */
export function pageNewestFirst<Item extends Made>(
  items: readonly Item[],
  list: string,
  { limit, cursor }: ListOptions,
): { items: Item[]; nextCursor: string | null } | KeyRefusal {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    return refuse("limit", "The limit must be a whole number from 1 to 1000.");
  const after = cursor === null ? null : decodeCursor(list, ["number", "string"], cursor);
  if (cursor !== null && after === null) return refuse("cursor", "The cursor is not one this list gave out.");
  const matching = items
    .filter((item) => after === null || isOlder(item, after[0], after[1]))
    .sort((a, b) => (isOlder(a, b.createdAtMs, b.id) ? 1 : -1));
  const page = matching.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = last && matching.length > limit ? encodeCursor(list, [last.createdAtMs, last.id]) : null;
  return { items: page, nextCursor };
}

function isOlder(item: Made, createdAtMs: number, id: string): boolean {
  return item.createdAtMs < createdAtMs || (item.createdAtMs === createdAtMs && item.id < id);
}
