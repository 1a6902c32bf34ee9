import { csvLine } from "../../core/csv.ts";
import type { LedgerPage, LedgerRefusal } from "../../ledger/read.ts";
import type { LedgerRow } from "../../ledger/row.ts";
import { showLog } from "./log-shape.ts";

const COLUMNS = [
  ...[
    "id",
    "time",
    "org_id",
    "key_id",
    "requested_model",
    "model",
    "provider",
    "status",
    "http_status",
    "stream",
  ],
  ...["prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens", "usage_source", "cost_usd"],
  ...["latency_ms", "ttft_ms", "fallback_used", "cache", "industry", "task", "route_reason"],
] as const satisfies readonly (keyof ReturnType<typeof showLog>)[];

export interface Export {
  /** Read before anything is sent, so that a mistake can still be told. */
  first: LedgerPage;
  /** The page behind a cursor. */
  read: (cursor: string, limit: number) => Promise<LedgerPage | LedgerRefusal>;
  /** False once whoever asked may not read any more. */
  mayGoOn: () => Promise<boolean>;
  /** Rows at most, the first page's included. */
  most: number;
}

/** A page is one turn of the main thread: some two milliseconds. */
export const ROWS_PER_PAGE = 100;

/**
 * All rows as a table, read page by page as the client takes them, so that no more than two pages are ever in memory.
 * `attempts` is written as in `X-Nyuro-Attempts`. Where the rest may not be read, the connection breaks: a table that is
 * not whole must not look so.
 */
export function logsCsv({ first, read, mayGoOn, most }: Export): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let page: LedgerPage | null = first;
  let left = most;
  let text = csvLine([...COLUMNS, "attempts"]);
  const next = async (cursor: string): Promise<LedgerPage | null> => {
    const found = (await mayGoOn()) ? await read(cursor, Math.min(ROWS_PER_PAGE, left)) : null;
    return found && "rows" in found ? found : null;
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (page) {
          text += page.rows.map(lineOf).join("");
          left -= page.rows.length;
          const { nextCursor } = page;
          if (nextCursor === null || left <= 0) {
            controller.enqueue(encoder.encode(text));
            return controller.close();
          }
          // Where few rows match, a page may be empty.
          if (text !== "") controller.enqueue(encoder.encode(text));
          const isSent = text !== "";
          text = "";
          page = await next(nextCursor);
          if (isSent && page) return;
        }
        controller.error(new Error("the rest of an export may not be read"));
      },
    },
    { highWaterMark: 0 },
  );
}

function lineOf(row: LedgerRow): string {
  const shown = showLog(row);
  const attempts = shown.attempts.map(({ provider, model, outcome, ms }) => {
    return `${provider}/${model}=${outcome}@${Math.round(ms)}ms`;
  });
  return csvLine([...COLUMNS.map((column) => shown[column]), attempts.join(", ")]);
}
