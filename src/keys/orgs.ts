import type { Clock } from "../core/clock.ts";
import { apiError } from "../core/errors.ts";
import { insertAudit } from "../store/audit-table.ts";
import type { Write } from "../store/group-commit.ts";
import type { Store } from "../store/open.ts";
import { allOrgs, insertOrg, updateOrg } from "../store/orgs-table.ts";
import { together } from "../store/write.ts";
import type { Alongside } from "./alongside.ts";
import { changeDetails, creationDetails } from "./audit-details.ts";
import type { KeyRefusal } from "./input.ts";
import type { Actor, Keys } from "./keys.ts";
import { type ListOptions, pageNewestFirst } from "./list.ts";
import { checkOrg, type NewOrg, type OrgPatch } from "./org-input.ts";
import { newOrgRecord, type OrgRecord, orgChangesOf, orgRecordOf, orgRowOf } from "./org-record.ts";

export interface OrgsOptions {
  store: Store;
  clock: Clock;
  /** Told what each organization's keys are held to together. */
  keys: Pick<Keys, "limitOrg">;
}

export interface OrgPage {
  orgs: OrgRecord[];
  /** null = this was the last page. */
  nextCursor: string | null;
}

/** All organizations, in memory; changes, durable and audited before they are told. */
export class Orgs {
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly keys: Pick<Keys, "limitOrg">;
  private readonly byId = new Map<string, OrgRecord>();

  private constructor({ store, clock, keys }: OrgsOptions) {
    this.store = store;
    this.clock = clock;
    this.keys = keys;
  }

  /** Reads every organization into memory. */
  static async load(options: OrgsOptions): Promise<Orgs> {
    const orgs = new Orgs(options);
    for (const row of await allOrgs(options.store.queries).execute()) orgs.put(orgRecordOf(row));
    return orgs;
  }

  get(id: string): OrgRecord | null {
    return this.byId.get(id) ?? null;
  }

  list(options: ListOptions): OrgPage | KeyRefusal {
    const page = pageNewestFirst([...this.byId.values()], "orgs", options);
    return "refusal" in page ? page : { orgs: page.items, nextCursor: page.nextCursor };
  }

  /** `alongside` is asked once the organization has its id. */
  async create(
    input: NewOrg,
    actor: Actor = null,
    alongside: (org: OrgRecord) => Alongside | null = () => null,
  ): Promise<OrgRecord | KeyRefusal> {
    const wrong = checkOrg(input);
    if (wrong) return wrong;
    const org = newOrgRecord(input, this.clock.now());
    const { id, created_at_ms: _, ...said } = orgRowOf(org);
    const { queries, writes } = this.store;
    const more = alongside(org);
    await writes.run(
      together(
        insertOrg(queries, orgRowOf(org)),
        ...(more ? [more.write] : []),
        this.audit("org.create", id, actor, creationDetails(said, more)),
      ),
    );
    this.put(org);
    return org;
  }

  /** Changes what the patch names, at once for the next request. */
  async update(
    id: string,
    patch: OrgPatch,
    actor: Actor = null,
    alongside: Alongside | null = null,
  ): Promise<OrgRecord | KeyRefusal> {
    const org = this.byId.get(id);
    if (!org) return { refusal: apiError("not_found", "There is no such organization.") };
    const wrong = checkOrg(patch);
    if (wrong) return wrong;
    const { facts, columns } = orgChangesOf(patch);
    const isChanged = Object.keys(columns).length > 0;
    if (isChanged || alongside) {
      const { queries, writes } = this.store;
      await writes.run(
        together(
          ...(isChanged ? [updateOrg(queries, id, columns)] : []),
          ...(alongside ? [alongside.write] : []),
          this.audit("org.update", id, actor, changeDetails(orgRowOf(org), columns, alongside)),
        ),
      );
    }
    // Onto what is known now: another change may have come while this was being written.
    const changed = { ...(this.byId.get(id) ?? org), ...facts };
    this.put(changed);
    return changed;
  }

  private put(org: OrgRecord): void {
    this.byId.set(org.id, org);
    this.keys.limitOrg(org.id, org.rateLimit);
  }

  private audit(action: string, id: string, actor: Actor, details: object): Write {
    return insertAudit(this.store.queries, {
      time_ms: this.clock.now(),
      actor_key_id: actor,
      org_id: id,
      action,
      object: id,
      details: JSON.stringify(details),
    });
  }
}
