import { type Clock, toRfc3339 } from "../core/clock.ts";
import { apiError } from "../core/errors.ts";
import { randomBase62, randomId } from "../core/ids.ts";
import type { Store } from "../store/open.ts";
import { DEFAULT_ORG_ID } from "../store/orgs-table.ts";
import {
  deleteExpiredLinks,
  deleteLink,
  deleteSetupLinks,
  findLink,
  findLinkById,
  insertLink,
  openInvitations,
} from "../store/people-table.ts";
import type { LinkRow } from "../store/people-tables.ts";
import { together } from "../store/write.ts";
import { note, type Refusal } from "./person.ts";
import type { Role } from "./roles.ts";

export type Purpose = "setup" | "invitation";

const LIFE_MS: Record<Purpose, number> = { setup: 30 * 60_000, invitation: 7 * 24 * 3_600_000 };
const TOKEN_CHARACTERS = 43;
const TOKEN = /^[0-9A-Za-z]{43}$/;

/** The only moment a token is told. */
export interface NewLink {
  link: LinkRow;
  token: string;
}

/** Links that make their holder a member, once. Of their tokens only hashes are kept. */
export class Links {
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly key: Uint8Array;

  /** `key`: 32 bytes, what tokens are hashed with. */
  constructor({ store, clock, key }: { store: Store; clock: Clock; key: Uint8Array }) {
    this.store = store;
    this.clock = clock;
    this.key = key;
  }

  /** For the operator: whoever opens it becomes an owner of the first organization. Ends the one made before. */
  makeSetup(actor: string | null): Promise<NewLink> {
    return this.make({ purpose: "setup", org_id: DEFAULT_ORG_ID, role: "owner", email: null }, actor);
  }

  /** For somebody else. `email` null = for whoever gets it. */
  invite(to: { orgId: string; role: Role; email: string | null }, actor: string): Promise<NewLink> {
    const { orgId, role, email } = to;
    return this.make({ purpose: "invitation", org_id: orgId, role, email }, actor);
  }

  /** The link of a token, if it can still be used for that. */
  async find(token: string, purpose: Purpose): Promise<LinkRow | Refusal> {
    const link = TOKEN.test(token) ? await findLink(this.store.queries, this.hashOf(token)) : null;
    const isOpen = link !== null && link.purpose === purpose && link.expires_at_ms > this.clock.now();
    return isOpen ? link : { refusal: linkEnded() };
  }

  invitations(orgId: string): Promise<LinkRow[]> {
    return openInvitations(this.store.queries, orgId, this.clock.now()).execute();
  }

  /** Null = there is no such invitation in this organization. */
  async revoke(id: string, orgId: string | null, actor: string): Promise<LinkRow | null> {
    const { queries, writes } = this.store;
    const found = await findLinkById(queries, id);
    if (!found || found.purpose !== "invitation" || (orgId !== null && found.org_id !== orgId)) return null;
    const noted = { timeMs: this.clock.now(), actor, orgId: found.org_id, object: id };
    const details = { before: shownOf(found), after: null };
    await writes.run(
      together(deleteLink(queries, id), note(queries, { ...noted, action: "invitation.revoke", details })),
    );
    return found;
  }

  private async make(
    what: Pick<LinkRow, "org_id" | "role" | "email"> & { purpose: Purpose },
    actor: string | null,
  ): Promise<NewLink> {
    const { queries, writes } = this.store;
    const token = randomBase62(TOKEN_CHARACTERS);
    const timeMs = this.clock.now();
    const isSetup = what.purpose === "setup";
    const link: LinkRow = {
      ...what,
      id: randomId("inv"),
      token_hash: this.hashOf(token),
      made_by: actor,
      created_at_ms: timeMs,
      expires_at_ms: timeMs + LIFE_MS[what.purpose],
    };
    const noted = { timeMs, actor, orgId: what.org_id, object: link.id };
    const action = isSetup ? "console.link" : "invitation.create";
    await writes.run(
      together(
        deleteExpiredLinks(queries, timeMs),
        ...(isSetup ? [deleteSetupLinks(queries)] : []),
        insertLink(queries, link),
        note(queries, { ...noted, action, details: { before: null, after: shownOf(link) } }),
      ),
    );
    return { link, token };
  }

  private hashOf(token: string): string {
    return new Bun.CryptoHasher("sha256", this.key).update(token).digest("base64url");
  }
}

/** One answer for a token that was used, has expired, was revoked or never was. */
export function linkEnded() {
  return apiError("link_ended", "This link was used, has expired or never was. Ask for a new one.");
}

function shownOf({ role, email, expires_at_ms }: LinkRow): object {
  return { role, email, expires_at: toRfc3339(expires_at_ms) };
}
