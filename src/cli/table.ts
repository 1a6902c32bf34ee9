const NOT_KNOWN = "-";
const CONTROL = /\p{Cc}|\p{Cf}/gu;

/** A cell as text. Names come from others: control characters would move the terminal's cursor. */
export function cell(value: unknown): string {
  if (value === null || value === undefined || value === "") return NOT_KNOWN;
  if (Array.isArray(value)) return value.map(cell).join(",");
  return String(value).replace(CONTROL, "?");
}

/** Aligned columns under their names. */
export function table(names: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines = [names, ...rows.map((row) => row.map(cell))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines.map((line) => tableLine(line, widths)).join("\n");
}

/** One line of a table whose end is not known. */
export function tableLine(row: readonly unknown[], widths: readonly number[]): string {
  return row
    .map((value, column) => cell(value).padEnd(widths[column] ?? 0))
    .join("  ")
    .trimEnd();
}
