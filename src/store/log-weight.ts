import type { Database } from "bun:sqlite";

/** Some commits write far more than others: what they add to the log beside rows, so that checkpoints come in time. */
export class LogWeight {
  private bytes = 0;

  add(bytes: number): void {
    this.bytes += bytes;
  }

  /** Since it was asked last. */
  take(): number {
    const { bytes } = this;
    this.bytes = 0;
    return bytes;
  }
}

const weights = new WeakMap<Database, LogWeight>();

/** The one of a connection. */
export function logWeightOf(db: Database): LogWeight {
  let weight = weights.get(db);
  if (!weight) {
    weight = new LogWeight();
    weights.set(db, weight);
  }
  return weight;
}
