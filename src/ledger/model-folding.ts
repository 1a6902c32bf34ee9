/** `-2024-08-06`, `-20241022`, `@20240620` at the end of a name. */
const DATE_AT_END = /[-@](?:20\d{2}-\d{2}-\d{2}|20\d{6})$/;

/** The names of one model under which a row stands. */
export interface RowNames {
  model: string | null;
  upstreamModel: string | null;
}

/**
 * Brings a provider's names and ours together: dated names of a model are one, as are its declared equivalents, and a name
 * for people (`Claude Haiku 4.5`). A provider knows the upstream name; where it gives another, the catalog's is tried.
 */
export class ModelFolding {
  private readonly canonical: (name: string) => string;
  /** Folded catalog name → the folded upstream names of its rows. */
  private readonly upstreams = new Map<string, Set<string>>();
  private readonly known = new Set<string>();

  /** `canonical` gives the one name of declared equivalents. */
  constructor(canonical: (name: string) => string, rows: readonly RowNames[]) {
    this.canonical = canonical;
    for (const row of rows) {
      const key = this.ours(row);
      if (key === null) continue;
      this.known.add(key);
      if (row.model === null) continue;
      const model = this.fold(row.model);
      const keys = this.upstreams.get(model);
      if (keys) keys.add(key);
      else this.upstreams.set(model, new Set([key]));
    }
  }

  /** Null = the row says no model. */
  ours({ model, upstreamModel }: RowNames): string | null {
    const name = upstreamModel ?? model;
    return name === null ? null : this.fold(name);
  }

  /** A catalog name that stands for several upstream ones cannot be told apart, and stays by itself. */
  theirs(name: string | null): string | null {
    if (name === null) return null;
    const folded = this.fold(name);
    if (this.known.has(folded)) return folded;
    const [only, ...more] = this.upstreams.get(folded) ?? [];
    if (only !== undefined && more.length === 0) return only;
    // What is no model of ours may be no model at all: `web search tool calls`.
    return name.includes(" ") ? name : folded;
  }

  private fold(name: string): string {
    const plain = name.includes(" ") ? name.trim().toLowerCase().replace(/\s+/g, "-") : name;
    const canonical = this.canonical(plain);
    return this.canonical(canonical.replace(DATE_AT_END, ""));
  }
}
