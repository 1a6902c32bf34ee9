import { type CsvProblem, csvRecords } from "../core/csv.ts";
import { EXPORT_FORMS, type ExportForm, type ExportRow, PLAIN_COLUMNS } from "./export-forms.ts";

/** What a provider says of one UTC day and model. Null = its export does not tell. */
export interface TheirFigures {
  /** `2026-11-22`. */
  day: string;
  /** As the provider calls it; null = the export does not tell models apart. */
  model: string | null;
  requests: number | null;
  promptTokens: number | null;
  completionTokens: number | null;
  /** 10⁻¹⁸ USD: exports have more than nine decimals, and are rounded once they are added up. */
  costAttoUsd: bigint | null;
}

export interface UsageExport {
  /** `plain`, `openai-usage`, … */
  form: string;
  /** One for each day and model. */
  figures: TheirFigures[];
}

export interface ExportProblem {
  problem: string;
}

/** After so many records others get their turn. */
const RECORDS_PER_TURN = 500;
const MOST_COLUMNS_NAMED = 40;
const LONGEST_NAME = 40;

/** Reads a provider's usage or cost export, whichever of the known forms its columns are. */
export async function readUsageExport(text: string): Promise<UsageExport | ExportProblem> {
  const records = csvRecords(text, delimiterOf(text));
  const head = records.next().value;
  if (head === undefined) return { problem: "The table is empty; its first line must name the columns." };
  if (!Array.isArray(head)) return unreadable(head);
  const columns = head.map((name) => name.trim().toLowerCase());
  const form = EXPORT_FORMS.find((it) => it.fits(columns));
  if (!form) return { problem: unknownColumns(head) };
  const reading = new Reading(form, columns);
  let count = 0;
  for (const record of records) {
    count += 1;
    if (count % RECORDS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    if (!Array.isArray(record)) return unreadable(record);
    const problem = reading.add(record);
    if (problem !== null) return { problem: `Record ${count} cannot be read: ${problem}.` };
  }
  return { form: form.id, figures: reading.figures() };
}

/** Spreadsheets write semicolons where the decimal sign is a comma, and tabs when copied from. */
function delimiterOf(text: string): string {
  const [head = ""] = text.split(/[\r\n]/, 1);
  const counts = [",", ";", "\t"].map((it) => ({ it, count: head.split(it).length }));
  return counts.reduce((most, each) => (each.count > most.count ? each : most)).it;
}

function unreadable({ line, problem }: CsvProblem): ExportProblem {
  return { problem: `The table cannot be read: line ${line} has ${problem}.` };
}

function unknownColumns(found: readonly string[]): string {
  const names = found
    .slice(0, MOST_COLUMNS_NAMED)
    .map((name) =>
      name
        .trim()
        .replace(/[\p{C}]/gu, "?")
        .slice(0, LONGEST_NAME),
    )
    .join(", ");
  const wanted = EXPORT_FORMS.map(({ id, needs }) => `${id} (${needs.join(", ")})`).join("; ");
  return `The columns are those of no export that is known. Found: ${names}. Wanted: ${wanted}. A plain table has ${PLAIN_COLUMNS.join(",")} and no others.`;
}

/** Adds records up by day and model. */
class Reading {
  private readonly form: ExportForm;
  private readonly positions: ReadonlyMap<string, number>;
  private readonly byDayAndModel = new Map<string, TheirFigures>();

  constructor(form: ExportForm, columns: readonly string[]) {
    this.form = form;
    this.positions = new Map(columns.map((name, position) => [name, position]));
  }

  /** Null, or what is wrong with the record. */
  add(record: readonly string[]): string | null {
    const cell = (name: string) => {
      const position = this.positions.get(name);
      return position === undefined ? "" : (record[position]?.trim() ?? "");
    };
    const row = this.form.read(cell);
    if (row === null) return null;
    if ("problem" in row) return row.problem;
    const key = JSON.stringify([row.day, row.model]);
    const sum = this.byDayAndModel.get(key);
    if (sum) addTo(sum, row);
    else this.byDayAndModel.set(key, { ...row });
    return null;
  }

  figures(): TheirFigures[] {
    return [...this.byDayAndModel.values()];
  }
}

function addTo(sum: TheirFigures, row: ExportRow): void {
  sum.requests = plus(sum.requests, row.requests);
  sum.promptTokens = plus(sum.promptTokens, row.promptTokens);
  sum.completionTokens = plus(sum.completionTokens, row.completionTokens);
  if (row.costAttoUsd !== null) sum.costAttoUsd = (sum.costAttoUsd ?? 0n) + row.costAttoUsd;
}

/** What is not told adds nothing. */
export function plus(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}
