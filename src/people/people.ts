import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import type { Store } from "../store/open.ts";
import { anyUser } from "../store/people-table.ts";
import { Joins } from "./joining.ts";
import { Links } from "./links.ts";
import { Members } from "./members.ts";
import { Sessions } from "./sessions.ts";
import { SignIn } from "./sign-in.ts";
import { Throttle } from "./throttle.ts";

export interface PeopleOptions {
  store: Store;
  clock: Clock;
  log: Log;
  /** 32 bytes for one purpose, from `loadPepper`. */
  keyFor(purpose: string): Uint8Array;
}

/** Who may use the console, joined. */
export interface People {
  sessions: Sessions;
  members: Members;
  links: Links;
  joins: Joins;
  /** Whether anybody can sign in. */
  isEmpty(): Promise<boolean>;
}

export function joinPeople({ store, clock, log, keyFor }: PeopleOptions): People {
  const signIn = new SignIn({ store, log, key: keyFor("sessions") });
  const sessions = new Sessions({ store, clock, signIn, throttle: new Throttle(clock) });
  const links = new Links({ store, clock, key: keyFor("links") });
  return {
    sessions,
    links,
    members: new Members({ store, clock, onChange: () => sessions.changed() }),
    joins: new Joins({ store, clock, links, sessions }),
    isEmpty: async () => (await anyUser(store.queries).execute()).length === 0,
  };
}
