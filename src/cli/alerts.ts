import type { JsonObject } from "../core/json.ts";
import { type AddCommand, answering } from "./context.ts";
import { readAll } from "./pages.ts";
import { table } from "./table.ts";

interface AlertsOptions {
  limit: string;
  org?: string;
  from?: string;
  to?: string;
}

const COLUMNS = ["TIME", "SCOPE", "OF", "BAND", "SPENT USD", "LIMIT USD", "PERIOD"];

/** `nyuro alerts`. */
export const addAlerts: AddCommand = (program, context) => {
  const alerts = program
    .command("alerts")
    .description("the last bands that budgets reached, oldest first")
    .option("-n, --limit <count>", "how many", "20")
    .option("--org <id>", "of one organization")
    .option("--from <time>", "RFC 3339, inclusive")
    .option("--to <time>", "RFC 3339, exclusive");
  answering<AlertsOptions>(alerts, context, async ({ limit: wanted, org, from, to }) => {
    const limit = Number(wanted);
    if (!Number.isInteger(limit) || limit < 1) return { problem: "--limit must be a whole number from 1." };
    const read = await readAll(context.api, "/alerts", { org_id: org, from, to }, limit);
    if ("problem" in read) return read;
    const rows = read.entries.reverse();
    return { json: rows, text: table(COLUMNS, rows.map(cellsOf)) };
  });
};

function cellsOf(alert: JsonObject): unknown[] {
  const { time, scope, key_prefix, org_id, band, spent_usd, limit_usd, period } = alert;
  const shown = typeof band === "number" ? `${Math.round(band * 10_000) / 100} %` : band;
  return [time, scope, key_prefix ?? org_id, shown, spent_usd, limit_usd, period];
}
