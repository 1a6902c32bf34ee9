import type { Clock } from "../core/clock.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import type { Store } from "../store/open.ts";
import {
  deleteSession,
  deleteSessions,
  membershipsOf,
  sessionsOf,
  setPassword,
  setSessionOrg,
} from "../store/people-table.ts";
import { together } from "../store/write.ts";
import { SESSION_COOKIE } from "./auth-library.ts";
import { hashPassword } from "./passwords.ts";
import { type Membership, note, notSignedIn, type Person, type Refusal } from "./person.ts";
import { isRole } from "./roles.ts";
import { type Client, type Cookies, type SignedSession, type SignIn, sessionTime } from "./sign-in.ts";
import type { Throttle } from "./throttle.ts";

export interface SessionsOptions {
  store: Store;
  clock: Clock;
  signIn: SignIn;
  throttle: Throttle;
}

/** Somebody who has just signed in, and the cookies that say so. */
export interface Opened {
  person: Person;
  cookies: Cookies;
}

/** How long a session is believed without asking the database; whatever changes here ends that at once. */
const REMEMBERED_MS = 10_000;
const MOST_REMEMBERED = 1_000;

/** Who is signed in, and what they may do with their own sessions. */
export class Sessions {
  private readonly options: SessionsOptions;
  private readonly remembered = new Map<string, { person: Person; untilMs: number }>();
  /** Rises with every change: what was read before one is not remembered after it. */
  private changes = 0;

  constructor(options: SessionsOptions) {
    this.options = options;
  }

  /** Whom a cookie names; null = nobody. */
  async personOf(token: string): Promise<Person | null> {
    const { clock, signIn } = this.options;
    const known = this.remembered.get(token);
    if (known && known.untilMs > clock.monotonic()) return known.person;
    const { changes } = this;
    const found = await signIn.of(token, false);
    const person = found && (await this.withMemberships(found.session));
    if (person && changes === this.changes) this.remember(token, person);
    return person;
  }

  /** The same, and prolongs the session where it is time to. */
  async prolonged(token: string): Promise<Opened | null> {
    const found = await this.options.signIn.of(token, true);
    const person = found && (await this.withMemberships(found.session));
    return person && { person, cookies: found.cookies };
  }

  /** Nobody learns which of the two was wrong. */
  async open(email: string, password: string, client: Client): Promise<Opened | Refusal> {
    const checked = await this.check(email, password, client);
    return "refusal" in checked ? checked : this.begin(checked.cookies, client);
  }

  /** For whoever has just set this password: earlier failures do not hold them up. */
  async openProven(email: string, password: string, client: Client): Promise<Opened | Refusal> {
    const cookies = await this.options.signIn.open(email, password, client);
    return cookies ? this.begin(cookies, client) : { refusal: notSignedIn() };
  }

  /** What clears the cookies. */
  async close(token: string, person: Person): Promise<Cookies> {
    const cookies = await this.options.signIn.close(token);
    this.changed();
    await this.note(person, "session.close", person.sessionId, {
      before: { session: person.sessionId },
      after: null,
    });
    return cookies;
  }

  list(person: Person) {
    return sessionsOf(this.options.store.queries, person.user.id, sessionTime()).execute();
  }

  /** Ends one of the person's sessions, or, with null, all but the one that asks. False = there is no such session. */
  async revoke(person: Person, id: string | null): Promise<boolean> {
    const { queries, writes } = this.options.store;
    const { user, sessionId } = person;
    const ended = (await this.list(person)).filter((it) =>
      id === null ? it.id !== sessionId : it.id === id,
    );
    if (id !== null && ended.length === 0) return false;
    const work =
      id === null ? deleteSessions(queries, user.id, sessionId) : deleteSession(queries, user.id, id);
    const details = { before: { sessions: ended.map((it) => it.id) }, after: null };
    await writes.run(together(work, this.noted(person, "session.revoke", id ?? user.id, details)));
    this.changed();
    return true;
  }

  /** Looks at another of the person's organizations from now on. */
  async moveTo(person: Person, orgId: string): Promise<Person | Refusal> {
    const { sessionId, user } = person;
    const moved = await this.withMemberships({ sessionId, user, orgId });
    if (moved?.orgId !== orgId)
      return { refusal: apiError("not_found", "There is no such organization.", { param: "org_id" }) };
    if (orgId === person.orgId) return moved;
    const { queries, writes } = this.options.store;
    const details = { before: { org_id: person.orgId }, after: { org_id: orgId } };
    const noted = this.noted(person, "session.move", person.sessionId, details);
    await writes.run(together(setSessionOrg(queries, person.sessionId, orgId), noted));
    this.changed();
    return moved;
  }

  /** Null = done; every other session of the person has ended. */
  async changePassword(
    person: Person,
    current: string,
    next: string,
    client: Client,
  ): Promise<ApiError | null> {
    const { user, sessionId } = person;
    const checked = await this.check(user.email, current, client);
    if ("refusal" in checked) return checked.refusal;
    const { queries, writes } = this.options.store;
    const at = sessionTime();
    await writes.run(
      together(
        setPassword(queries, user.id, await hashPassword(next), at),
        deleteSessions(queries, user.id, sessionId),
        this.noted(person, "password.change", user.id, { before: null, after: { changed_at: at } }),
      ),
    );
    this.changed();
    return null;
  }

  /** To be called after every change of users, members or sessions that was made elsewhere. */
  changed(): void {
    this.changes += 1;
    this.remembered.clear();
  }

  /** Cookies of a new session where the password is right. */
  private async check(
    email: string,
    password: string,
    client: Client,
  ): Promise<{ cookies: Cookies } | Refusal> {
    const { signIn, throttle } = this.options;
    const account = email.toLowerCase();
    const waitMs = throttle.waitMs(account, client.address);
    if (waitMs > 0) return { refusal: tooMany(waitMs) };
    const attempt = throttle.begin(account, client.address);
    const cookies = await signIn.open(account, password, client);
    if (!cookies)
      return { refusal: apiError("wrong_credentials", "The e-mail address or the password is wrong.") };
    attempt.succeeded();
    return { cookies };
  }

  private async begin(cookies: Cookies, { address }: Client): Promise<Opened | Refusal> {
    const opened = await this.prolonged(tokenIn(cookies) ?? "");
    if (!opened) return { refusal: notSignedIn() };
    const { person } = opened;
    await this.note(person, "session.open", person.sessionId, { before: null, after: { address } });
    return { person, cookies };
  }

  private async withMemberships({ orgId, ...session }: SignedSession): Promise<Person | null> {
    const { queries } = this.options.store;
    const rows = await membershipsOf(queries, session.user.id).execute();
    const memberships = rows.flatMap(({ org_id, org_name, role }): Membership[] =>
      isRole(role) ? [{ orgId: org_id, orgName: org_name, role }] : [],
    );
    const chosen = memberships.find((it) => it.orgId === orgId) ?? memberships[0];
    return chosen ? { ...session, ...chosen, memberships } : null;
  }

  private remember(token: string, person: Person): void {
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(token, { person, untilMs: this.options.clock.monotonic() + REMEMBERED_MS });
  }

  private noted(person: Person, action: string, object: string, details: object) {
    const { store, clock } = this.options;
    const timeMs = clock.now();
    return note(store.queries, {
      timeMs,
      actor: person.user.id,
      orgId: person.orgId,
      action,
      object,
      details,
    });
  }

  private note(person: Person, action: string, object: string, details: object): Promise<void> {
    return this.options.store.writes.run(this.noted(person, action, object, details));
  }
}

/** The session's token among cookies that are being set. */
function tokenIn(cookies: Cookies): string | null {
  const cookie = cookies.find((it) => it.startsWith(`${SESSION_COOKIE}=`));
  return cookie?.slice(SESSION_COOKIE.length + 1).split(";")[0] ?? null;
}

function tooMany(waitMs: number): ApiError {
  const seconds = Math.ceil(waitMs / 1000);
  return apiError("rate_limit_exceeded", "Too many failed attempts to sign in. Try again later.", {
    headers: { "retry-after": String(seconds) },
  });
}
