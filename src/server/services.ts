import type { Origins } from "../config/origins.ts";
import type { Caller } from "../core/caller.ts";
import type { RequestNumbers } from "../core/ids.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Person } from "../people/person.ts";
import type { Reached } from "./browser.ts";

/** Limits of what a client may send. */
export interface ServerLimits {
  maxBodyBytes: number;
  bodyTimeoutMs: number;
  /** Origins that may call from a browser; empty = CORS is off. */
  corsOrigins: readonly string[];
  publicMetrics: boolean;
}

/** Somebody who is signed in, and the same as a caller. */
export interface SignedIn {
  person: Person;
  caller: Caller;
}

/** What the routes stand on, joined in main.ts. */
export interface Services {
  gateway: Gateway;
  numbers: RequestNumbers;
  /** Null for every key that may not pass: missing, malformed, unknown, revoked, expired. */
  verify(secret: string | null): Caller | null;
  /** Whom a session's cookie names; null = nobody. The first one ever loads what sessions are checked with. */
  personOf(sessionToken: string): Promise<SignedIn | null>;
  /** Where browsers reach the console. */
  reached(): Reached;
  noteUse(keyId: string, timeMs: number): void;
  /** The provider takes no new requests from now on, or takes them again, until the program ends. */
  drain(providerId: string, isDraining: boolean): void;
  limits(): ServerLimits;
  /** Where the configuration file says what it says. */
  origins(): Origins;
  /** Null = ready; else one sentence on what is missing. */
  notReady(): Promise<string | null>;
}
