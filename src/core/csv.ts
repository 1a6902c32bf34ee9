/** What a spreadsheet would take for a formula. https://owasp.org/www-community/attacks/CSV_Injection */
const FORMULA = /^[=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** One line of a table as https://www.rfc-editor.org/rfc/rfc4180 has it, CRLF included; null = an empty cell. */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** Text that begins like a formula gets an apostrophe before it, as spreadsheets write text; numbers are numbers. */
function csvCell(value: string | number | boolean | null): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A table that cannot be read: the number of the line, counted from 1, and why. */
export interface CsvProblem {
  line: number;
  problem: string;
}

/**
 * The records of a table, one at a time: RFC 4180, with any line ending and a byte order mark before it. Empty lines are
 * left out. `delimiter` is one character. A problem ends it.
 */
export function* csvRecords(text: string, delimiter = ","): Generator<string[] | CsvProblem> {
  const reader = new CsvReader(text.startsWith("\uFEFF") ? text.slice(1) : text, delimiter);
  for (let record = reader.next(); record !== null; record = reader.next()) {
    yield record;
    if (!Array.isArray(record)) return;
  }
}

class CsvReader {
  private readonly text: string;
  private readonly delimiter: string;
  private at = 0;
  private line = 1;

  constructor(text: string, delimiter: string) {
    this.text = text;
    this.delimiter = delimiter;
  }

  /** The next record that is not an empty line; null at the end. */
  next(): string[] | CsvProblem | null {
    while (this.at < this.text.length && this.isLineEnd()) this.endLine();
    if (this.at >= this.text.length) return null;
    const cells: string[] = [];
    for (;;) {
      const cell = this.text[this.at] === '"' ? this.quoted() : this.plain();
      if (typeof cell !== "string") return cell;
      cells.push(cell);
      if (this.at >= this.text.length) return cells;
      if (this.isLineEnd()) {
        this.endLine();
        return cells;
      }
      this.at += 1;
    }
  }

  private isLineEnd(): boolean {
    const character = this.text[this.at];
    return character === "\n" || character === "\r";
  }

  private endLine(): void {
    this.at += this.text.startsWith("\r\n", this.at) ? 2 : 1;
    this.line += 1;
  }

  private plain(): string {
    const start = this.at;
    while (this.at < this.text.length && this.text[this.at] !== this.delimiter && !this.isLineEnd()) {
      this.at += 1;
    }
    return this.text.slice(start, this.at);
  }

  private quoted(): string | CsvProblem {
    const { line } = this;
    const parts: string[] = [];
    for (;;) {
      const end = this.text.indexOf('"', this.at + 1);
      if (end < 0) return { line, problem: "a quotation mark that is opened and not closed" };
      const part = this.text.slice(this.at + 1, end);
      parts.push(part);
      this.line += part.split("\n").length - 1;
      this.at = end + 1;
      if (this.text[this.at] !== '"') break;
    }
    if (this.at < this.text.length && this.text[this.at] !== this.delimiter && !this.isLineEnd())
      return { line: this.line, problem: "text behind a closing quotation mark" };
    return parts.join('"');
  }
}
