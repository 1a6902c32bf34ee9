import type { Outcome } from "./outcome.ts";
import type { Sample } from "./sample.ts";

/** What becomes of a sample, in a word where there is one. What cannot be asked for without it needs none. */
export function cell(outcome: Outcome | null): string {
  if (outcome === null) return "";
  if (outcome.kind !== "translated") return outcome.kind;
  const { as, without, lost, ways } = outcome;
  const said = [
    ...(as.length > 0 ? [as.map(code).join(" ")] : []),
    ...without.map((path) => `without ${code(path)}`),
    ...ways,
    ...lost.map((name) => `dropped: ${code(name)}`),
  ];
  return said.length === 0 ? "translated" : said.join(", ");
}

export interface Row extends Pick<Sample, "label" | "value"> {
  cells: readonly string[];
}

/** The rows with their labels before them. Neighbours that differ by nothing but the value are one. */
export function merged(rows: readonly Row[]): string[][] {
  const groups: { row: Row; values: string[] }[] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last && row.value !== undefined && isSame(last.row, row)) last.values.push(row.value);
    else groups.push({ row, values: row.value === undefined ? [] : [row.value] });
  }
  return groups.map(({ row, values }) => [
    values.length === 0 ? row.label : `${row.label}: ${values.join(", ")}`,
    ...row.cells,
  ]);
}

function isSame(one: Row, other: Row): boolean {
  return one.label === other.label && one.cells.join("\n") === other.cells.join("\n");
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), `|${"---|".repeat(header.length)}`, ...rows.map(line)].join("\n");
}
