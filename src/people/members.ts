import type { Clock } from "../core/clock.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import type { Write } from "../store/group-commit.ts";
import type { Store } from "../store/open.ts";
import {
  deleteMember,
  deleteUserOfNoOrg,
  findMember,
  findUserByEmail,
  keepsOwner,
  membershipsOf,
  membersOf,
  NoOwner,
  putMember,
} from "../store/people-table.ts";
import { together } from "../store/write.ts";
import { note, type Refusal } from "./person.ts";
import type { Role } from "./roles.ts";

/** Whoever changes members: a person, or a key. */
export interface Granter {
  id: string;
  /** It may make and unmake owners. */
  isOwner: boolean;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  role: string;
  created_at_ms: number;
}

/** Who belongs to which organization, and as what. */
export class Members {
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly onChange: () => void;

  /** `onChange` is called behind every change. */
  constructor({ store, clock, onChange }: { store: Store; clock: Clock; onChange: () => void }) {
    this.store = store;
    this.clock = clock;
    this.onChange = onChange;
  }

  list(orgId: string): Promise<Member[]> {
    return membersOf(this.store.queries, orgId).execute();
  }

  /** Where a person is a member: in `preferred` if there, else where they joined first; null = nowhere. */
  async organizationOf(userId: string, preferred: string): Promise<string | null> {
    const rows = await membershipsOf(this.store.queries, userId).execute();
    const found = rows.find((it) => it.org_id === preferred) ?? rows[0];
    return found?.org_id ?? null;
  }

  /** Somebody who has an account becomes a member of a further organization. */
  async add(orgId: string, email: string, role: Role, by: Granter): Promise<Member | Refusal> {
    const refusal = checkGrant(by, role);
    if (refusal) return { refusal };
    const { queries } = this.store;
    const user = await findUserByEmail(queries, email.toLowerCase());
    if (!user) return { refusal: notFound("There is nobody with this e-mail address. Make an invitation.") };
    if (await findMember(queries, orgId, user.id))
      return { refusal: apiError("conflict", "This person is a member already.") };
    const row = { org_id: orgId, user_id: user.id, role, created_at_ms: this.clock.now() };
    const details = { before: null, after: { email: user.email, role } };
    return this.put([putMember(queries, row)], { orgId, userId: user.id, by, action: "member.add", details });
  }

  async update(orgId: string, userId: string, role: Role, by: Granter): Promise<Member | Refusal> {
    const { queries } = this.store;
    const member = await findMember(queries, orgId, userId);
    if (!member) return { refusal: notFound("There is no such member.") };
    const refusal = checkGrant(by, role) ?? checkGrant(by, member.role);
    if (refusal) return { refusal };
    const row = { org_id: orgId, user_id: userId, role, created_at_ms: member.created_at_ms };
    const details = { before: { role: member.role }, after: { role } };
    return this.put([putMember(queries, row), ...this.ownerAfter(member, orgId)], {
      ...{ orgId, userId, by, details },
      action: "member.update",
    });
  }

  /** Their sessions end with their last membership, and what is known of them goes. */
  async remove(orgId: string, userId: string, by: Granter): Promise<Member | Refusal> {
    const { queries } = this.store;
    const member = await findMember(queries, orgId, userId);
    if (!member) return { refusal: notFound("There is no such member.") };
    const refusal = userId === by.id ? null : checkGrant(by, member.role);
    if (refusal) return { refusal };
    const { email, role } = member;
    const wrong = await this.write(
      [
        deleteMember(queries, orgId, userId),
        ...this.ownerAfter(member, orgId),
        deleteUserOfNoOrg(queries, userId),
      ],
      { orgId, userId, by, action: "member.remove", details: { before: { email, role }, after: null } },
    );
    return wrong ? { refusal: wrong } : member;
  }

  private ownerAfter({ role }: Member, orgId: string): Write[] {
    return role === "owner" ? [keepsOwner(this.store.queries, orgId)] : [];
  }

  private async put(writes: readonly Write[], what: Change): Promise<Member | Refusal> {
    const wrong = await this.write(writes, what);
    if (wrong) return { refusal: wrong };
    const member = await findMember(this.store.queries, what.orgId, what.userId);
    return member ?? { refusal: notFound("There is no such member.") };
  }

  /** Null = done. */
  private async write(writes: readonly Write[], what: Change): Promise<ApiError | null> {
    const { orgId, userId, by, action, details } = what;
    const noted = { timeMs: this.clock.now(), actor: by.id, orgId, action, object: userId, details };
    try {
      await this.store.writes.run(together(...writes, note(this.store.queries, noted)));
    } catch (error) {
      if (error instanceof NoOwner) return apiError("conflict", "An organization keeps at least one owner.");
      throw error;
    }
    this.onChange();
    return null;
  }
}

interface Change {
  orgId: string;
  userId: string;
  by: Granter;
  action: string;
  details: object;
}

/** Null = the granter may give this role, or take it. */
export function checkGrant({ isOwner }: Granter, role: string): ApiError | null {
  if (isOwner || role !== "owner") return null;
  return apiError("insufficient_scope", "Only an owner makes and unmakes owners.");
}

function notFound(message: string): ApiError {
  return apiError("not_found", message);
}
