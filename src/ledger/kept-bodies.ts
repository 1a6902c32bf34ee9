import type { Clock } from "../core/clock.ts";
import { insertAudit } from "../store/audit-table.ts";
import { countBodies, deleteBodiesOf, findBodies } from "../store/bodies-table.ts";
import type { Store } from "../store/open.ts";
import { DAY_MS } from "../store/rollup-tiers.ts";
import { bodiesOf, type RequestBodies } from "./bodies.ts";
import type { LedgerRow } from "./row.ts";

/** `expired`: they would be deleted by now. `not_stored`: they were not kept, or were erased. */
export type WhyNone = "expired" | "not_stored";

export interface KeptBodiesOptions {
  store: Store;
  clock: Clock;
  /** How long bodies are kept. */
  bodyDays: () => number;
}

/** What was said in requests: read, and erased. */
export class KeptBodies {
  private readonly options: KeptBodiesOptions;

  constructor(options: KeptBodiesOptions) {
    this.options = options;
  }

  async of({ sequence, timeMs }: LedgerRow): Promise<RequestBodies | WhyNone> {
    const { store, clock, bodyDays } = this.options;
    const row = await findBodies(store.queries, sequence).executeTakeFirst();
    if (row) return bodiesOf(row);
    return timeMs < clock.now() - bodyDays() * DAY_MS ? "expired" : "not_stored";
  }

  /**
   * Erases all that an organization has at this moment, in small steps, and says how many requests that was; the audit
   * row is written first. `actor` is who wants it, null = nobody we know.
   */
  async erase(orgId: string, actor: string | null): Promise<number> {
    const { store, clock } = this.options;
    const untilMs = clock.now();
    const found = await countBodies(store.queries, orgId).executeTakeFirst();
    await store.writes.run(
      insertAudit(store.queries, {
        time_ms: untilMs,
        actor_key_id: actor,
        org_id: orgId,
        action: "org.erase",
        object: orgId,
        details: JSON.stringify({ before: { bodies: found?.count ?? 0 }, after: { bodies: 0 } }),
      }),
    );
    let erased = 0;
    let step = 0;
    do {
      await store.writes.run((db) => {
        step = deleteBodiesOf(db, orgId, untilMs);
      });
      erased += step;
    } while (step > 0);
    return erased;
  }
}
