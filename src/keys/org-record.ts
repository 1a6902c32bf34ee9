import { randomId } from "../core/ids.ts";
import type { RateLimit } from "../core/rate-limit.ts";
import type { OrgRow } from "../store/tables.ts";
import type { NewOrg, OrgPatch } from "./org-input.ts";
import { rateLimitOf, rateLimitText, readRateLimit } from "./rate-limit.ts";

/** An organization: what owns keys and is billed. Immutable; replaced when it changes. */
export interface OrgRecord {
  readonly id: string;
  readonly name: string;
  /** IANA name: `Europe/Vienna`. */
  readonly timeZone: string;
  readonly createdAtMs: number;
  /** Keep the bodies of its requests and answers. */
  readonly storeBodies: boolean;
  /** A candidate whose price is unknown, under a budget: left out or called; null = as the configuration says. */
  readonly unknownPrice: "skip" | "allow" | null;
  /** What all its keys are held to together; null = nothing. */
  readonly rateLimit: RateLimit | null;
}

export function orgRowOf(org: OrgRecord): OrgRow {
  return {
    id: org.id,
    name: org.name,
    time_zone: org.timeZone,
    created_at_ms: org.createdAtMs,
    store_bodies: org.storeBodies ? 1 : 0,
    unknown_price: org.unknownPrice,
    rate_limit: rateLimitText(org.rateLimit),
  };
}

/** Trusts the row: only this module's own output was ever written. */
export function orgRecordOf(row: OrgRow): OrgRecord {
  return {
    id: row.id,
    name: row.name,
    timeZone: row.time_zone,
    createdAtMs: row.created_at_ms,
    storeBodies: row.store_bodies === 1,
    unknownPrice: row.unknown_price as OrgRecord["unknownPrice"],
    rateLimit: readRateLimit(row.rate_limit),
  };
}

export function newOrgRecord(input: NewOrg, nowMs: number): OrgRecord {
  return {
    id: randomId("org"),
    name: input.name,
    timeZone: input.timeZone ?? "UTC",
    createdAtMs: nowMs,
    storeBodies: input.storeBodies ?? false,
    unknownPrice: input.unknownPrice ?? null,
    rateLimit: rateLimitOf(input.rateLimit),
  };
}

/** The patch twice: for memory and for the table. */
export function orgChangesOf(patch: OrgPatch): { facts: Partial<OrgRecord>; columns: Partial<OrgRow> } {
  const { name, timeZone, storeBodies, unknownPrice } = patch;
  const rateLimit = patch.rateLimit === undefined ? undefined : rateLimitOf(patch.rateLimit);
  return {
    facts: {
      ...(name !== undefined && { name }),
      ...(timeZone !== undefined && { timeZone }),
      ...(storeBodies !== undefined && { storeBodies }),
      ...(unknownPrice !== undefined && { unknownPrice }),
      ...(rateLimit !== undefined && { rateLimit }),
    },
    columns: {
      ...(name !== undefined && { name }),
      ...(timeZone !== undefined && { time_zone: timeZone }),
      ...(storeBodies !== undefined && { store_bodies: storeBodies ? 1 : 0 }),
      ...(unknownPrice !== undefined && { unknown_price: unknownPrice }),
      ...(rateLimit !== undefined && { rate_limit: rateLimitText(rateLimit) }),
    },
  };
}
