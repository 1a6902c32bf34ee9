import { decodeCursor, encodeCursor } from "../store/cursor.ts";
import { type KeyRefusal, refuse } from "./input.ts";
import type { KeyRecord } from "./record.ts";

export interface KeyListOptions {
  /** null = every organization. */
  orgId: string | null;
  /** 1 to 1000. */
  limit: number;
  /** `nextCursor` of the page before; null = the first page. */
  cursor: string | null;
}

export interface KeyPage {
  keys: KeyRecord[];
  /** null = this was the last page. */
  nextCursor: string | null;
}

/** One page, newest first. Pages by position, so keys made or changed meanwhile neither repeat nor vanish. */
export function pageOfKeys(keys: readonly KeyRecord[], options: KeyListOptions): KeyPage | KeyRefusal {
  const { orgId, limit, cursor } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    return refuse("limit", "The limit must be a whole number from 1 to 1000.");
  const after = cursor === null ? null : decodeCursor("keys", ["number", "string"], cursor);
  if (cursor !== null && after === null) return refuse("cursor", "The cursor is not one this list gave out.");
  const matching = keys
    .filter((key) => orgId === null || key.orgId === orgId)
    .filter((key) => after === null || isOlder(key, after[0], after[1]))
    .sort((a, b) => (isOlder(a, b.createdAtMs, b.id) ? 1 : -1));
  const page = matching.slice(0, limit);
  const last = page.at(-1);
  const nextCursor =
    last && matching.length > limit ? encodeCursor("keys", [last.createdAtMs, last.id]) : null;
  return { keys: page, nextCursor };
}

function isOlder(key: KeyRecord, createdAtMs: number, id: string): boolean {
  return key.createdAtMs < createdAtMs || (key.createdAtMs === createdAtMs && key.id < id);
}
