import type { Database, Statement } from "bun:sqlite";

/** Everything requests can be told apart by in sums. Null = nobody answered, or none was told. */
export interface RollupGroup {
  org_id: string;
  key_id: string | null;
  provider: string | null;
  model: string | null;
  industry: string | null;
  operation: string | null;
  status: string;
  fallback_used: number;
}

const NAMES = ["org_id", "key_id", "provider", "model", "industry", "operation", "status", "fallback_used"];
const FIND = `SELECT id FROM rollup_groups WHERE org_id = ? AND coalesce(key_id, '') = coalesce(?, '')
  AND coalesce(provider, '') = coalesce(?, '') AND coalesce(model, '') = coalesce(?, '')
  AND coalesce(industry, '') = coalesce(?, '') AND coalesce(operation, '') = coalesce(?, '')
  AND status = ? AND fallback_used = ?`;
const INSERT = `INSERT INTO rollup_groups (${NAMES.join(", ")}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`;

/** Kept in memory; above that all are looked up again. */
const MOST_KNOWN = 50_000;

type Id = { id: number };
type Values = [string, ...(string | null)[], string, number];

/** Gives groups their numbers, which are what sums are kept under. */
export class RollupGroups {
  private readonly known = new Map<string, number>();
  private readonly find: Statement<Id, Values>;
  private readonly insert: Statement<Id, Values>;

  constructor(db: Database) {
    this.find = db.query<Id, Values>(FIND);
    this.insert = db.query<Id, Values>(INSERT);
  }

  /** Runs for every request; a group that is new is written. */
  idOf(group: RollupGroup): number {
    const name = nameOf(group);
    const known = this.known.get(name);
    if (known !== undefined) return known;
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    const values: Values = [
      group.org_id,
      group.key_id,
      group.provider,
      group.model,
      group.industry,
      group.operation,
      group.status,
      group.fallback_used,
    ];
    const row = this.find.get(...values) ?? this.insert.get(...values);
    if (!row) throw new Error("a group of requests got no number");
    this.known.set(name, row.id);
    return row.id;
  }

  /** What was written may be undone: to be called when a transaction was. */
  forget(): void {
    this.known.clear();
  }
}

/** The same without what summaries leave out. */
export function summaryOf(group: RollupGroup): RollupGroup {
  return { ...group, key_id: null, industry: null, operation: null };
}

/** The model comes last: no other name can hold a line end. */
function nameOf(group: RollupGroup): string {
  return `${group.key_id ?? ""}\n${group.provider ?? ""}\n${group.status}${group.fallback_used}\n${group.industry ?? ""}\n${group.operation ?? ""}\n${group.org_id}\n${group.model ?? ""}`;
}
