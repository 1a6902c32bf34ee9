import { systemClock, toRfc3339 } from "../core/clock.ts";
import type { Store } from "../store/open.ts";
import { deleteEndedSessions } from "../store/people-table.ts";
import {
  type AuthLibrary,
  type AuthLibraryOptions,
  CLIENT_ADDRESS_HEADER,
  loadAuthLibrary,
  SESSION_COOKIE,
} from "./auth-library.ts";

/** Where a call comes from, as its session remembers it. */
export interface Client {
  /** Of the socket; null = unknown. */
  address: string | null;
  userAgent: string | null;
}

/** A session as its cookie names it. */
export interface SignedSession {
  sessionId: string;
  user: { id: string; name: string; email: string };
  /** Null = the one the person joined first. */
  orgId: string | null;
}

/** Values of `Set-Cookie`. */
export type Cookies = readonly string[];

/** What sessions end by: the library asks the system's clock, whatever ours says. */
export function sessionTime(): string {
  return toRfc3339(systemClock.now());
}

/** Longer ones are nobody's, and remembered nowhere. */
const LONGEST_COOKIE = 200;

/** Passwords and sessions, by the library. It is loaded when somebody first signs in or shows a cookie. */
export class SignIn {
  private readonly options: AuthLibraryOptions;
  private readonly store: Store;
  private library: Promise<AuthLibrary> | null = null;

  constructor(options: AuthLibraryOptions) {
    this.options = options;
    this.store = options.store;
  }

  /** The cookies of a new session; null = there is no such person, or that is not the password. */
  async open(email: string, password: string, client: Client): Promise<Cookies | null> {
    const { queries, writes } = this.store;
    await writes.run(deleteEndedSessions(queries, sessionTime()));
    const headers = new Headers();
    if (client.address !== null) headers.set(CLIENT_ADDRESS_HEADER, client.address);
    if (client.userAgent !== null) headers.set("user-agent", client.userAgent.slice(0, 300));
    const { api } = await this.loaded();
    const reply = await api.signInEmail({ body: { email, password }, headers, asResponse: true });
    if (reply.status >= 500) throw new Error(`signing in failed: ${reply.status}`);
    return reply.ok ? reply.headers.getSetCookie() : null;
  }

  /** Who the cookie names; null = nobody, or the session has ended. `prolong` may bring a cookie that lasts longer. */
  async of(token: string, prolong: boolean): Promise<{ session: SignedSession; cookies: Cookies } | null> {
    if (token.length > LONGEST_COOKIE) return null;
    const { api } = await this.loaded();
    const { response, headers } = await api.getSession({
      headers: withCookie(token),
      query: { disableRefresh: !prolong },
      returnHeaders: true,
    });
    if (!response) return null;
    const { session, user } = response;
    const { id, name, email } = user;
    const orgId = typeof session.orgId === "string" ? session.orgId : null;
    return {
      session: { sessionId: session.id, user: { id, name, email }, orgId },
      cookies: headers.getSetCookie(),
    };
  }

  /** Ends the session. What clears its cookies. */
  async close(token: string): Promise<Cookies> {
    const { api } = await this.loaded();
    const reply = await api.signOut({ headers: withCookie(token), asResponse: true });
    return reply.headers.getSetCookie();
  }

  private loaded(): Promise<AuthLibrary> {
    this.library ??= loadAuthLibrary(this.options);
    return this.library;
  }
}

function withCookie(token: string): Headers {
  return new Headers({ cookie: `${SESSION_COOKIE}=${token}` });
}
