interface Entry {
  labels: Record<string, string>;
  sum: number;
}

/** Sums by label values: one map look-up a step, where a metrics library hashes its labels each time. */
export class Tally {
  private readonly names: readonly string[];
  private readonly byValues = new Map<string, Entry>();

  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** `values` stand in the order of the names. */
  add(amount: number, first: string, second = "", third = ""): void {
    const key = second === "" ? first : `${first}\n${second}\n${third}`;
    const entry = this.byValues.get(key);
    if (entry) entry.sum += amount;
    else this.byValues.set(key, { labels: this.labelsOf([first, second, third]), sum: amount });
  }

  entries(): Iterable<Readonly<Entry>> {
    return this.byValues.values();
  }

  private labelsOf(values: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.names.map((name, index) => [name, values[index] ?? ""]));
  }
}
