import type { Caller } from "../core/caller.ts";
import type { Clock } from "../core/clock.ts";
import type { RateLimit } from "../core/rate-limit.ts";
import { insertAudit } from "../store/audit-table.ts";
import type { Write } from "../store/group-commit.ts";
import {
  allKeySecrets,
  deleteKeySecrets,
  endKeySecrets,
  insertKeySecret,
} from "../store/key-secrets-table.ts";
import { allKeys, insertKey, updateKey } from "../store/keys-table.ts";
import type { Store } from "../store/open.ts";
import { findOrg } from "../store/orgs-table.ts";
import { together } from "../store/write.ts";
import type { Alongside } from "./alongside.ts";
import { changeDetails, creationDetails } from "./audit-details.ts";
import {
  checkKeyPatch,
  checkNewKey,
  checkOverlap,
  conflict,
  type KeyPatch,
  type KeyRefusal,
  type NewKey,
  refuse,
  unknownKey,
} from "./input.ts";
import { KeyRing } from "./key-ring.ts";
import { LastUse } from "./last-use.ts";
import { type KeyListOptions, type KeyPage, pageOfKeys } from "./list.ts";
import { changesOf, type KeyRecord, keyRecordOf, keyRowOf, newRecord } from "./record.ts";
import { type HashSecret, mintSecret, prefixOf } from "./secret.ts";

export interface KeysOptions {
  store: Store;
  /** From `loadPepper`. */
  hashSecret: HashSecret;
  clock: Clock;
}

/** The only moment a secret is told. Whoever gets it must not keep or log it. */
export interface KeyWithSecret {
  key: KeyRecord;
  secret: string;
}

/** Key id of whoever makes a change; null = the operator at the machine (first start, offline CLI). */
export type Actor = string | null;

/** All API keys: who is asking, answered from memory; changes, durable and audited before they are told. */
export class Keys {
  private readonly store: Store;
  private readonly hashSecret: HashSecret;
  private readonly clock: Clock;
  private readonly ring: KeyRing;
  private readonly lastUse: LastUse;

  private constructor({ store, hashSecret, clock }: KeysOptions) {
    this.store = store;
    this.hashSecret = hashSecret;
    this.clock = clock;
    this.ring = new KeyRing(hashSecret);
    this.lastUse = new LastUse(store);
  }

  /** Reads every key into memory. */
  static async load(options: KeysOptions): Promise<Keys> {
    const keys = new Keys(options);
    const { queries } = options.store;
    const [rows, secrets] = await options.store.readTogether([allKeys(queries), allKeySecrets(queries)]);
    for (const row of rows) {
      keys.ring.put(keyRecordOf(row));
      if (row.last_used_at_ms !== null) keys.lastUse.load(row.id, row.last_used_at_ms);
    }
    for (const secret of secrets) keys.ring.addSecret(secret.key_id, secret.hash, secret.expires_at_ms);
    return keys;
  }

  /** Who this secret belongs to. Missing, malformed, unknown, revoked and expired are all null, at the same cost. */
  verify(secret: string | null): Caller | null {
    return this.ring.verify(secret, this.clock.now());
  }

  /** True until the first key was made; a revoked key still counts. */
  isEmpty(): boolean {
    return this.ring.size === 0;
  }

  get(id: string): KeyRecord | null {
    const key = this.ring.get(id);
    return key && this.shown(key);
  }

  list(options: KeyListOptions): KeyPage | KeyRefusal {
    const page = pageOfKeys(this.ring.all(), options);
    return "refusal" in page ? page : { ...page, keys: page.keys.map((key) => this.shown(key)) };
  }

  /** `alongside` is asked once the key has its id. */
  async create(
    input: NewKey,
    actor: Actor = null,
    alongside: (key: KeyRecord) => Alongside | null = () => null,
  ): Promise<KeyWithSecret | KeyRefusal> {
    const nowMs = this.clock.now();
    const wrong = checkNewKey(input, nowMs);
    if (wrong) return wrong;
    const { queries, writes } = this.store;
    if (!(await findOrg(queries, input.orgId))) return refuse("org_id", "There is no such organization.");
    const secret = input.secret ?? mintSecret();
    const hash = this.hashSecret(secret);
    if (this.ring.hasHash(hash)) return conflict("This key exists already.");
    const key = newRecord(input, prefixOf(secret), nowMs);
    const more = alongside(key);
    await writes.run(
      together(
        insertKey(queries, keyRowOf(key)),
        insertKeySecret(queries, { hash, key_id: key.id, expires_at_ms: null }),
        ...(more ? [more.write] : []),
        this.audit("key.create", key, actor, creationDetails(keyRowOf(key), more)),
      ),
    );
    this.ring.put(key);
    this.ring.addSecret(key.id, hash, null);
    return { key, secret };
  }

  /** Changes what the patch names, at once for the next request. */
  async update(
    id: string,
    patch: KeyPatch,
    actor: Actor = null,
    alongside: Alongside | null = null,
  ): Promise<KeyRecord | KeyRefusal> {
    const key = this.living(id);
    if ("refusal" in key) return key;
    const wrong = checkKeyPatch(patch, this.clock.now());
    if (wrong) return wrong;
    const { facts, columns } = changesOf(patch);
    const isChanged = Object.keys(columns).length > 0;
    if (isChanged || alongside) {
      const { queries, writes } = this.store;
      await writes.run(
        together(
          ...(isChanged ? [updateKey(queries, id, columns)] : []),
          ...(alongside ? [alongside.write] : []),
          this.audit("key.update", key, actor, changeDetails(keyRowOf(key), columns, alongside)),
        ),
      );
    }
    // Onto what is known now: the key may have been rotated or revoked while this was being written.
    const changed = { ...(this.ring.get(id) ?? key), ...facts };
    this.ring.put(changed);
    return this.shown(changed);
  }

  /** A new secret for the same key. The old ones end after the overlap; 0 ends them at once. */
  async rotate(
    id: string,
    { overlapSeconds }: { overlapSeconds: number },
    actor: Actor = null,
  ): Promise<KeyWithSecret | KeyRefusal> {
    const key = this.living(id);
    if ("refusal" in key) return key;
    const wrong = checkOverlap(overlapSeconds);
    if (wrong) return wrong;
    const nowMs = this.clock.now();
    if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) return conflict("The key has expired.");
    const secret = mintSecret();
    const hash = this.hashSecret(secret);
    const prefix = prefixOf(secret);
    const endMs = nowMs + overlapSeconds * 1000;
    const { queries, writes } = this.store;
    await writes.run(
      together(
        endKeySecrets(queries, id, endMs, nowMs),
        insertKeySecret(queries, { hash, key_id: id, expires_at_ms: null }),
        updateKey(queries, id, { prefix }),
        this.audit("key.rotate", key, actor, {
          ...changeDetails(keyRowOf(key), { prefix }, null),
          overlap_seconds: overlapSeconds,
        }),
      ),
    );
    const current = this.living(id);
    if ("refusal" in current) return current;
    const rotated = { ...current, prefix };
    this.ring.endSecrets(id, endMs, nowMs);
    this.ring.put(rotated);
    this.ring.addSecret(id, hash, null);
    return { key: this.shown(rotated), secret };
  }

  /**
   * Ends all secrets of the key at once: in memory before anything else, durably before the promise resolves.
   * If the store refuses, they stay ended until a restart, and the call can be repeated.
   */
  async revoke(id: string, actor: Actor = null): Promise<KeyRecord | KeyRefusal> {
    const key = this.ring.get(id);
    if (!key) return unknownKey();
    if (key.revokedAtMs !== null) return this.shown(key);
    this.ring.dropSecrets(id);
    const revokedAtMs = this.clock.now();
    const { queries, writes } = this.store;
    await writes.run(
      together(
        updateKey(queries, id, { revoked_at_ms: revokedAtMs }),
        deleteKeySecrets(queries, id),
        this.audit(
          "key.revoke",
          key,
          actor,
          changeDetails(keyRowOf(key), { revoked_at_ms: revokedAtMs }, null),
        ),
      ),
    );
    const revoked = { ...(this.ring.get(id) ?? key), revokedAtMs };
    this.ring.put(revoked);
    // Once more: a rotation may have added one while this was being written.
    this.ring.dropSecrets(id);
    return this.shown(revoked);
  }

  /** What all keys of the organization are held to together, from their next request on; null = nothing. */
  limitOrg(orgId: string, limit: RateLimit | null): void {
    this.ring.limitOrg(orgId, limit);
  }

  /** Memory only; written within ten seconds and on close. */
  noteUse(keyId: string, timeMs: number): void {
    this.lastUse.note(keyId, timeMs);
  }

  /** Writes what is known to memory alone; the store is closed by whoever opened it. */
  close(): Promise<void> {
    return this.lastUse.flush();
  }

  private shown(key: KeyRecord): KeyRecord {
    return { ...key, lastUsedAtMs: this.lastUse.of(key.id) };
  }

  private living(id: string): KeyRecord | KeyRefusal {
    const key = this.ring.get(id);
    if (!key) return unknownKey();
    return key.revokedAtMs === null ? key : conflict("The key was revoked.");
  }

  private audit(action: string, key: KeyRecord, actor: Actor, details: object): Write {
    return insertAudit(this.store.queries, {
      time_ms: this.clock.now(),
      actor_key_id: actor,
      org_id: key.orgId,
      action,
      object: key.id,
      details: JSON.stringify(details),
    });
  }
}
