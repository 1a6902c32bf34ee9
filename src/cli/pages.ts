import { isObject, type JsonObject } from "../core/json.ts";
import type { Api, Query } from "./api.ts";

const MOST_PER_PAGE = 1000;

/** The entries of a list's answer; what is none is left out. */
export function entriesOf(body: JsonObject): JsonObject[] {
  return Array.isArray(body.data) ? body.data.filter(isObject) : [];
}

/** All entries of a list, page by page; at most `limit` of them. */
export async function readAll(
  api: Api,
  path: string,
  query: Query,
  limit = Number.POSITIVE_INFINITY,
): Promise<{ entries: JsonObject[] } | { problem: string }> {
  const entries: JsonObject[] = [];
  let cursor: string | null = null;
  do {
    const size = Math.min(MOST_PER_PAGE, limit - entries.length);
    const answer = await api.get(path, { ...query, limit: size, cursor });
    if ("problem" in answer) return answer;
    entries.push(...entriesOf(answer.body));
    cursor = typeof answer.body.next_cursor === "string" ? answer.body.next_cursor : null;
  } while (cursor !== null && entries.length < limit);
  return { entries };
}
