import { isObject, type JsonObject } from "../core/json.ts";
import { type AddCommand, type Answer, answering, type Context } from "./context.ts";
import { addReconcile } from "./reconcile.ts";
import { cell, table } from "./table.ts";

interface BillOptions {
  month?: string;
  csv?: boolean;
  json?: boolean;
  org?: string;
}

/** `nyuro bill`, `nyuro bill reconcile`. */
export const addBill: AddCommand = (program, context) => {
  const bill = program
    .command("bill")
    .description("what a month came to, by provider, model, key and industry")
    .option("--month <month>", "as 2026-11 (default: the current one)")
    .option("--org <id>", "of one organization")
    .option("--csv", "print the table as CSV");
  answering<BillOptions>(bill, context, (options) => showBill(context, options));
  addReconcile(bill, context);
};

async function showBill({ api, terminal }: Context, options: BillOptions): Promise<Answer> {
  const { month, org, csv, json } = options;
  const query = { month, org_id: org };
  if (csv && json) return { problem: "--csv and --json cannot both be." };
  if (csv) {
    const answer = await api.getText("/bill", { ...query, format: "csv" });
    if ("problem" in answer) return answer;
    // Its last line feed is the terminal's.
    terminal.out(answer.text.replace(/\n$/, ""));
    return null;
  }
  const answer = await api.get("/bill", query);
  return "problem" in answer ? answer : { json: answer.body, text: textOf(answer.body) };
}

const LISTS = [
  ["PROVIDER", "by_provider"],
  ["MODEL", "by_model"],
  ["KEY", "by_key"],
  ["INDUSTRY", "by_industry"],
] as const;

function textOf(bill: JsonObject): string {
  return [
    ...headOf(bill),
    ...LISTS.flatMap(([name, list]) => {
      const lines = rowsOf(bill[list]);
      return lines.length === 0 ? [] : ["", table([name, ...FIGURES], lines.map(cells))];
    }),
  ].join("\n");
}

const FIGURES = ["COST USD", "REQUESTS", "PROMPT TOKENS", "COMPLETION TOKENS", "UNPRICED"];

function headOf(bill: JsonObject): string[] {
  const { org_id, month, time_zone, closed, closes_at, total_usd, checksum } = bill;
  const late = isObject(bill.adjustments) ? bill.adjustments : {};
  const closes = closes_at === null ? "" : `, closes ${cell(closes_at)}`;
  return [
    `organization  ${org_id === null ? "all" : cell(org_id)}`,
    `month         ${cell(month)}${time_zone === null ? "" : ` in ${cell(time_zone)}`}`,
    `state         ${closed === true ? "closed" : `open${closes}`}`,
    `total         ${cell(total_usd)} USD for ${cell(bill.requests)} requests`,
    ...(bill.unpriced_requests === 0
      ? []
      : [`unpriced      ${cell(bill.unpriced_requests)} requests of unknown cost are not in it`]),
    ...(late.requests === 0
      ? []
      : [
          `adjustments   ${cell(late.cost_usd)} USD of it for ${cell(late.requests)} requests of closed months`,
        ]),
    ...(checksum === null ? [] : [`checksum      ${cell(checksum)}`]),
  ];
}

function cells(line: JsonObject): unknown[] {
  const { name, key_name, cost_usd, requests, prompt_tokens, completion_tokens, unpriced_requests } = line;
  const shown = typeof key_name === "string" ? `${cell(name)} (${key_name})` : name;
  return [shown, cost_usd, requests, prompt_tokens, completion_tokens, unpriced_requests];
}

function rowsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
