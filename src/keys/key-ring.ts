import type { Caller } from "../core/caller.ts";
import type { RateLimit } from "../core/rate-limit.ts";
import type { KeyRecord } from "./record.ts";
import { type HashSecret, MAX_SECRET_CHARACTERS } from "./secret.ts";

interface Held {
  record: KeyRecord;
  /** Made once per change, not per request. */
  caller: Caller;
  /** Infinity = never. */
  endsAtMs: number;
  hashes: Set<string>;
}

interface HeldSecret {
  held: Held;
  /** Infinity = as long as the key. */
  endsAtMs: number;
}

/** All keys in memory, so that who is asking is known without I/O. Holds hashes, never a secret. */
export class KeyRing {
  private readonly hashSecret: HashSecret;
  private readonly byId = new Map<string, Held>();
  private readonly byHash = new Map<string, HeldSecret>();
  /** Of the organizations that have one. */
  private readonly orgLimits = new Map<string, RateLimit>();

  constructor(hashSecret: HashSecret) {
    this.hashSecret = hashSecret;
  }

  get size(): number {
    return this.byId.size;
  }

  /**
   * Hashes exactly once whatever it is given, so that the time taken tells nothing; everything that is no good
   * right now is null alike. Looking up the keyed hash leaks nothing that could be steered towards a real one.
   */
  verify(secret: string | null, nowMs: number): Caller | null {
    const usable = secret !== null && secret.length <= MAX_SECRET_CHARACTERS;
    const found = this.byHash.get(this.hashSecret(usable ? secret : ""));
    if (!usable || !found) return null;
    return nowMs < found.endsAtMs && nowMs < found.held.endsAtMs ? found.held.caller : null;
  }

  get(id: string): KeyRecord | null {
    return this.byId.get(id)?.record ?? null;
  }

  all(): KeyRecord[] {
    return [...this.byId.values()].map((held) => held.record);
  }

  hasHash(hash: string): boolean {
    return this.byHash.has(hash);
  }

  /** Adds the key, or replaces what is said about it; its secrets stay. */
  put(record: KeyRecord): void {
    const facts = {
      record,
      caller: this.callerOf(record),
      endsAtMs: record.expiresAtMs ?? Number.POSITIVE_INFINITY,
    };
    const held = this.byId.get(record.id);
    if (held) Object.assign(held, facts);
    else this.byId.set(record.id, { ...facts, hashes: new Set() });
  }

  /** What the organization's keys are held to together, from the next request on; null = nothing. */
  limitOrg(orgId: string, limit: RateLimit | null): void {
    if (limit) this.orgLimits.set(orgId, limit);
    else this.orgLimits.delete(orgId);
    for (const held of this.byId.values())
      if (held.record.orgId === orgId) held.caller = this.callerOf(held.record);
  }

  addSecret(id: string, hash: string, endsAtMs: number | null): void {
    const held = this.byId.get(id);
    if (!held || held.record.revokedAtMs !== null) return;
    held.hashes.add(hash);
    this.byHash.set(hash, { held, endsAtMs: endsAtMs ?? Number.POSITIVE_INFINITY });
  }

  /** Lets the key's secrets end at `endMs` at the latest; those over at `nowMs` are forgotten. */
  endSecrets(id: string, endMs: number, nowMs: number): void {
    const held = this.byId.get(id);
    for (const hash of held?.hashes ?? []) {
      const secret = this.byHash.get(hash);
      if (!secret) continue;
      secret.endsAtMs = Math.min(secret.endsAtMs, endMs);
      if (secret.endsAtMs > nowMs) continue;
      this.byHash.delete(hash);
      held?.hashes.delete(hash);
    }
  }

  dropSecrets(id: string): void {
    this.endSecrets(id, Number.NEGATIVE_INFINITY, 0);
  }

  private callerOf({ id, orgId, scopes, allowedModels, allowedProviders, rateLimit }: KeyRecord): Caller {
    const org = this.orgLimits.get(orgId) ?? null;
    const rateLimits = rateLimit || org ? Object.freeze({ key: rateLimit, org }) : null;
    return Object.freeze({ keyId: id, orgId, scopes, allowedModels, allowedProviders, rateLimits });
  }
}
