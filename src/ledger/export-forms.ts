import { attoUsdOf, countOf, dayOf, dayOfSeconds } from "./export-cells.ts";

/** One record of an export. Null = not told. */
export interface ExportRow {
  day: string;
  model: string | null;
  requests: number | null;
  promptTokens: number | null;
  completionTokens: number | null;
  costAttoUsd: bigint | null;
}

/** The text of a column, trimmed; empty where there is no such column. */
type Cell = (column: string) => string;

export interface ExportForm {
  id: string;
  /** The columns it is known by. */
  needs: readonly string[];
  fits(columns: readonly string[]): boolean;
  /** Null = the record says nothing: a day without usage. */
  read(cell: Cell): ExportRow | null | { problem: string };
}

/** What each figure is the sum of. */
interface Figures {
  requests?: readonly string[];
  prompt?: readonly string[];
  completion?: readonly string[];
  cost?: string;
}

interface Description {
  id: string;
  needs: readonly string[];
  day: (cell: Cell) => string | null;
  /** Column of the day, for a sentence on what is wrong with it. */
  dayColumn: string;
  model: (cell: Cell) => string;
  figures: Figures;
  /** Absent = others may be there as well: vendors add some now and then. */
  onlyThese?: readonly string[];
}

export const PLAIN_COLUMNS = ["date", "model", "requests", "input_tokens", "output_tokens", "cost_usd"];

const startDay = (cell: Cell) => dayOfSeconds(cell("start_time"));

/**
 * In the order they are looked for. The dashboards' exports are documented by neither vendor, so these are their columns as
 * users have published them; each is told by columns, whatever provider it is compared with.
 */
const DESCRIPTIONS: readonly Description[] = [
  {
    id: "plain",
    needs: ["date", "model"],
    day: (cell) => dayOf(cell("date")),
    dayColumn: "date",
    model: (cell) => cell("model"),
    figures: {
      requests: ["requests"],
      prompt: ["input_tokens"],
      completion: ["output_tokens"],
      cost: "cost_usd",
    },
    onlyThese: PLAIN_COLUMNS,
  },
  {
    // https://platform.openai.com/usage, Activity; the figures are those of
    // https://developers.openai.com/api/reference/cli/resources/admin/subresources/organization/subresources/usage/methods/completions
    // (cached tokens are part of the input). Days without usage have a record with times only.
    id: "openai-usage",
    needs: ["start_time", "model", "num_model_requests", "input_tokens"],
    day: startDay,
    dayColumn: "start_time",
    model: (cell) => cell("model"),
    figures: { requests: ["num_model_requests"], prompt: ["input_tokens"], completion: ["output_tokens"] },
  },
  {
    // https://platform.openai.com/usage, Cost. A line item is `gpt-4o-2024-08-06, cached input`, or has no comma where
    // it is no model's (`web search tool calls`); it is empty where the export is not grouped by it.
    id: "openai-cost",
    needs: ["start_time", "amount_value", "line_item"],
    day: startDay,
    dayColumn: "start_time",
    model: (cell) => cell("line_item").split(", ", 1)[0] ?? "",
    figures: { cost: "amount_value" },
  },
  {
    // https://support.claude.com/en/articles/9534590-cost-and-usage-reporting-in-the-claude-console, Usage; one column
    // for cache writes before there were two lifetimes.
    id: "anthropic-usage",
    needs: ["usage_date_utc", "model_version", "usage_input_tokens_no_cache", "usage_output_tokens"],
    day: (cell) => dayOf(cell("usage_date_utc")),
    dayColumn: "usage_date_utc",
    model: (cell) => cell("model_version"),
    figures: {
      prompt: [
        ...["usage_input_tokens_no_cache", "usage_input_tokens_cache_write"],
        ...["usage_input_tokens_cache_write_5m", "usage_input_tokens_cache_write_1h"],
        "usage_input_tokens_cache_read",
      ],
      completion: ["usage_output_tokens"],
    },
  },
  {
    // The same page, Cost. Models go by their names for people: `Claude Haiku 4.5`.
    id: "anthropic-cost",
    needs: ["usage_date_utc", "model", "cost_usd"],
    day: (cell) => dayOf(cell("usage_date_utc")),
    dayColumn: "usage_date_utc",
    model: (cell) => cell("model") || cell("usage_type"),
    figures: { cost: "cost_usd" },
  },
];

export const EXPORT_FORMS: readonly ExportForm[] = DESCRIPTIONS.map((it) => ({
  id: it.id,
  needs: it.needs,
  fits: (columns) =>
    it.needs.every((name) => columns.includes(name)) &&
    (it.onlyThese === undefined || columns.every((name) => it.onlyThese?.includes(name))),
  read: (cell) => readRow(it, cell),
}));

function readRow({ figures, ...it }: Description, cell: Cell): ExportRow | null | { problem: string } {
  const columns = [...(figures.requests ?? []), ...(figures.prompt ?? []), ...(figures.completion ?? [])];
  const told = figures.cost === undefined ? columns : [...columns, figures.cost];
  if (told.every((name) => cell(name) === "")) return null;
  const day = it.day(cell);
  if (day === null) return { problem: `\`${it.dayColumn}\` holds no date` };
  const wrong = columns.find((name) => countOf(cell(name)) === undefined);
  if (wrong !== undefined) return { problem: `\`${wrong}\` holds no whole number` };
  const cost = figures.cost === undefined ? null : attoUsdOf(cell(figures.cost));
  if (cost === undefined) return { problem: `\`${figures.cost}\` holds no decimal number` };
  const currency = cell("amount_currency").toLowerCase();
  if (currency !== "" && currency !== "usd") return { problem: "`amount_currency` is not usd" };
  return {
    day,
    model: it.model(cell) || null,
    requests: sumOf(figures.requests, cell),
    promptTokens: sumOf(figures.prompt, cell),
    completionTokens: sumOf(figures.completion, cell),
    costAttoUsd: cost,
  };
}

function sumOf(columns: readonly string[] | undefined, cell: Cell): number | null {
  const counts = (columns ?? []).map((name) => countOf(cell(name)) ?? null).filter((it) => it !== null);
  return counts.length === 0 ? null : counts.reduce((sum, each) => sum + each, 0);
}
