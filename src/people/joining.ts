import { type Clock, toRfc3339 } from "../core/clock.ts";
import { apiError, invalidField } from "../core/errors.ts";
import { randomId } from "../core/ids.ts";
import type { Write } from "../store/group-commit.ts";
import type { Store } from "../store/open.ts";
import {
  deleteSessions,
  findMember,
  findUserByEmail,
  insertUser,
  LinkGone,
  putMember,
  setPassword,
  useLink,
} from "../store/people-table.ts";
import type { LinkRow, UserRow } from "../store/people-tables.ts";
import { together } from "../store/write.ts";
import { type Links, linkEnded, type Purpose } from "./links.ts";
import { hashPassword } from "./passwords.ts";
import { note, type Refusal } from "./person.ts";
import type { Opened, Sessions } from "./sessions.ts";
import type { Client } from "./sign-in.ts";

/** What whoever opened a link says of themselves. Checked for its form before. */
export interface Joining {
  token: string;
  name: string;
  /** Null = the link's own. */
  email: string | null;
  password: string;
}

export interface JoinsOptions {
  store: Store;
  clock: Clock;
  links: Links;
  sessions: Sessions;
}

/** How people come in: by a link, and by nothing else. */
export class Joins {
  private readonly options: JoinsOptions;

  constructor(options: JoinsOptions) {
    this.options = options;
  }

  /**
   * Uses a link up and signs its holder in. Account, membership and the end of the link are one transaction. The
   * operator's link gives an account that exists a new password; an invitation asks for the one it has.
   */
  async join(purpose: Purpose, joining: Joining, client: Client): Promise<Opened | Refusal> {
    const { store, links, sessions } = this.options;
    const link = await links.find(joining.token, purpose);
    if ("refusal" in link) return link;
    const email = (link.email ?? joining.email ?? "").toLowerCase();
    if (email === "")
      return { refusal: invalidField("email", "The link is for nobody in particular: say who.") };
    if (joining.email !== null && joining.email.toLowerCase() !== email)
      return { refusal: invalidField("email", "The link is for another e-mail address.") };
    const user = await findUserByEmail(store.queries, email);
    const known = user && purpose === "invitation" ? await this.openKnown(user, link, joining, client) : null;
    if (known && "refusal" in known) return known;
    const refusal = await this.write(link, user, { ...joining, email });
    if (refusal) {
      if (known) await sessions.revoke(known.person, known.person.sessionId);
      return refusal;
    }
    sessions.changed();
    const opened = known ?? (await sessions.openProven(email, joining.password, client));
    if ("refusal" in opened) return opened;
    const person = await sessions.moveTo(opened.person, link.org_id);
    return "refusal" in person ? person : { ...opened, person };
  }

  private async openKnown(
    user: UserRow,
    link: LinkRow,
    { password }: Joining,
    client: Client,
  ): Promise<Opened | Refusal> {
    const { store, sessions } = this.options;
    const opened = await sessions.open(user.email, password, client);
    if ("refusal" in opened || !(await findMember(store.queries, link.org_id, user.id))) return opened;
    await sessions.revoke(opened.person, opened.person.sessionId);
    return { refusal: apiError("conflict", "This person is a member already.") };
  }

  private async write(
    link: LinkRow,
    user: UserRow | null,
    joining: Joining & { email: string },
  ): Promise<Refusal | null> {
    const { store, clock } = this.options;
    const { queries } = store;
    const timeMs = clock.now();
    const userId = user?.id ?? randomId("usr");
    const { org_id, role } = link;
    const details = { before: null, after: { email: joining.email, role, link: link.id } };
    const action = link.purpose === "setup" ? "console.setup" : "invitation.accept";
    const noted = { timeMs, actor: userId, orgId: org_id, action, object: userId, details };
    const account = await this.account(link, user, userId, joining);
    try {
      await store.writes.run(
        together(
          useLink(queries, link.id),
          ...account,
          putMember(queries, { org_id, user_id: userId, role, created_at_ms: timeMs }),
          note(queries, noted),
        ),
      );
      return null;
    } catch (error) {
      if (error instanceof LinkGone) return { refusal: linkEnded() };
      // Two links, one address, the same moment.
      if (error instanceof Error && "code" in error && error.code === "SQLITE_CONSTRAINT_UNIQUE")
        return { refusal: apiError("conflict", "There is an account with this e-mail address.") };
      throw error;
    }
  }

  private async account(
    { purpose }: LinkRow,
    user: UserRow | null,
    id: string,
    { name, email, password }: Joining & { email: string },
  ): Promise<Write[]> {
    if (user && purpose === "invitation") return [];
    const { store, clock } = this.options;
    const { queries } = store;
    const at = toRfc3339(clock.now());
    const passwordHash = await hashPassword(password);
    if (user) return [setPassword(queries, id, passwordHash, at), deleteSessions(queries, id, null)];
    return [insertUser(queries, { id, name, email, passwordHash, accountId: randomId("acc"), at })];
  }
}
