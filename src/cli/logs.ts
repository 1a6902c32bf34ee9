import type { Query } from "./api.ts";
import { type AddCommand, answering } from "./context.ts";
import { follow } from "./follow.ts";
import { LOG_COLUMNS, logCells } from "./log-line.ts";
import { readAll } from "./pages.ts";
import { table } from "./table.ts";

interface LogsOptions {
  limit: string;
  follow?: boolean;
  json?: boolean;
  model?: string;
  provider?: string;
  key?: string;
  status?: string;
  org?: string;
  from?: string;
  to?: string;
}

/** `nyuro logs [--follow]`. */
export const addLogs: AddCommand = (program, context) => {
  const logs = program
    .command("logs")
    .description("the last requests, oldest first")
    .option("-n, --limit <count>", "how many", "20")
    .option("-f, --follow", "go on with new ones as they end")
    .option("--model <id>")
    .option("--provider <id>")
    .option("--key <id>")
    .option("--status <status>", "ok, error, canceled, interrupted or refused")
    .option("--org <id>", "of one organization")
    .option("--from <time>", "RFC 3339, inclusive")
    .option("--to <time>", "RFC 3339, exclusive");
  answering<LogsOptions>(logs, context, async (options) => {
    const query = queryOf(options);
    const limit = Number(options.limit);
    if (!Number.isInteger(limit) || limit < 1) return { problem: "--limit must be a whole number from 1." };
    if (options.follow) return follow(context, query, limit, options.json ?? false);
    const read = await readAll(context.api, "/logs", query, limit);
    if ("problem" in read) return read;
    const rows = read.entries.reverse();
    return { json: rows, text: table(LOG_COLUMNS, rows.map(logCells)) };
  });
};

function queryOf({ model, provider, key, status, org, from, to }: LogsOptions): Query {
  return { model, provider, key_id: key, status, org_id: org, from, to };
}
