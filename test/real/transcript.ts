/** What a person is told at the end: what was asked, what came, and how long it took. */
export class Transcript {
  private readonly title: string;
  private readonly lines: string[] = [];
  private readonly beganMs = performance.now();

  constructor(title: string) {
    this.title = title;
  }

  /** `what` in a column of its own, then the rest; a model's words are quoted by the caller. */
  say(what: string, told: string): void {
    this.lines.push(`  ${what.padEnd(18)} ${told}`);
  }

  print(): void {
    const seconds = ((performance.now() - this.beganMs) / 1000).toFixed(1);
    console.log([`\n${this.title}`, ...this.lines, `  ${"in all".padEnd(18)} ${seconds} s\n`].join("\n"));
  }
}

/** On one line, in quotes, not longer than this many characters. */
export function quote(text: string, length = 60): string {
  const whole = JSON.stringify(text);
  return whole.length <= length ? whole : `${whole.slice(0, length - 2)}…"`;
}
