import type { Caller } from "../core/caller.ts";
import type { RequestNumbers } from "../core/ids.ts";
import type { Gateway } from "../gateway/gateway.ts";

/** Limits of what a client may send. */
export interface ServerLimits {
  maxBodyBytes: number;
  bodyTimeoutMs: number;
  /** Origins that may call from a browser; empty = CORS is off. */
  corsOrigins: readonly string[];
  publicMetrics: boolean;
}

/** What the routes stand on, joined in main.ts. */
export interface Services {
  gateway: Gateway;
  numbers: RequestNumbers;
  /** Null for every key that may not pass: missing, malformed, unknown, revoked, expired. */
  verify(secret: string | null): Caller | null;
  noteUse(keyId: string, timeMs: number): void;
  /** The provider takes no new requests from now on, or takes them again, until the program ends. */
  drain(providerId: string, isDraining: boolean): void;
  limits(): ServerLimits;
  /** Null = ready; else one sentence on what is missing. */
  notReady(): Promise<string | null>;
}
