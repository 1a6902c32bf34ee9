import type { Snapshot } from "../gateway/gateway.ts";

/** Each holds a catalog of some hundred kilobytes. */
const MOST = 8;

/** The last few snapshots, so that a decision can be explained by what it was made from. */
export class RememberedSnapshots {
  private readonly newestLast: Snapshot[] = [];

  add(snapshot: Snapshot): void {
    const same = this.newestLast.findIndex((it) =>
      isOf(it, snapshot.catalog.revision, snapshot.configRevision),
    );
    if (same >= 0) this.newestLast.splice(same, 1);
    this.newestLast.push(snapshot);
    if (this.newestLast.length > MOST) this.newestLast.shift();
  }

  /** Null = it is forgotten. */
  at(catalogRevision: string, configRevision: string): Snapshot | null {
    return this.newestLast.find((it) => isOf(it, catalogRevision, configRevision)) ?? null;
  }
}

function isOf({ catalog, configRevision }: Snapshot, catalogRevision: string, revision: string): boolean {
  return catalog.revision === catalogRevision && configRevision === revision;
}
