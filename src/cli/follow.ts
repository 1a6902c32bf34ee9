import type { JsonObject } from "../core/json.ts";
import type { Query } from "./api.ts";
import type { Answer, Context } from "./context.ts";
import { LOG_COLUMNS, LOG_WIDTHS, logCells } from "./log-line.ts";
import { entriesOf, readAll } from "./pages.ts";
import { tableLine } from "./table.ts";

const POLL_MS = 1_000;
const ROWS_PER_PAGE = 200;
const PAGES_PER_POLL = 5;
/** Known from the start, shown or not: all that a poll can reach, so that nothing old passes for new. */
const ROWS_AT_START = ROWS_PER_PAGE * PAGES_PER_POLL;
/** Ids remembered so that no row is shown twice. */
const REMEMBERED = 20 * ROWS_AT_START;

/**
 * Shows the last `limit` rows, then new ones as they end, until it is told to stop. A row appears when its request
 * ends but stands where it began, so a poll reads pages until one holds nothing new.
 */
export async function follow(
  { api, terminal, wait }: Context,
  query: Query,
  limit: number,
  json: boolean,
): Promise<Answer> {
  const show = (row: JsonObject) => {
    terminal.out(json ? JSON.stringify(row) : tableLine(logCells(row), LOG_WIDTHS));
  };
  const start = await readAll(api, "/logs", query, ROWS_AT_START);
  if ("problem" in start) return start;
  const seen = new Set<unknown>(start.entries.map(({ id }) => id));
  if (!json) terminal.out(tableLine(LOG_COLUMNS, LOG_WIDTHS));
  for (const row of start.entries.slice(0, limit).reverse()) show(row);
  let isAway = false;
  while (await wait(POLL_MS)) {
    const read = await newRows(api, query, seen);
    // A restart of the server should not end what somebody leaves open in a window.
    if ("problem" in read && !isAway) terminal.note(`nyuro: ${read.problem} Still trying.`);
    isAway = "problem" in read;
    if ("rows" in read) for (const row of read.rows) show(row);
  }
  return null;
}

/** Rows nobody has seen yet, oldest first; from now on they count as seen. */
async function newRows(
  api: Context["api"],
  query: Query,
  seen: Set<unknown>,
): Promise<{ rows: JsonObject[] } | { problem: string }> {
  const fresh: JsonObject[] = [];
  let cursor: unknown = null;
  for (let page = 0; page < PAGES_PER_POLL; page++) {
    const from = typeof cursor === "string" ? cursor : null;
    const answer = await api.get("/logs", { ...query, limit: ROWS_PER_PAGE, cursor: from });
    if ("problem" in answer) return answer;
    const unseen = entriesOf(answer.body).filter(({ id }) => !seen.has(id));
    fresh.push(...unseen);
    cursor = answer.body.next_cursor;
    if (unseen.length === 0 || cursor === null) break;
  }
  // Only now: a poll that failed half-way is made again as a whole.
  for (const { id } of fresh) seen.add(id);
  // A set gives its members in the order they came.
  for (const id of seen) {
    if (seen.size <= REMEMBERED) break;
    seen.delete(id);
  }
  return { rows: fresh.reverse() };
}
