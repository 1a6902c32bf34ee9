import type { RateLimit } from "../core/rate-limit.ts";
import { checkName, checkRateLimit, type KeyRefusal } from "./input.ts";

/** What can be said about an organization, when it is made and later. Absent = the default, or unchanged. */
export interface OrgPatch {
  /** 1 to 200 characters. */
  name?: string;
  /** IANA name, known to exist; `UTC` by default. */
  timeZone?: string;
  /** False by default. */
  storeBodies?: boolean;
  /** null = as the configuration says, the default. */
  unknownPrice?: "skip" | "allow" | null;
  /** Given whole: what it does not name is not limited. null = none at all, the default. */
  rateLimit?: RateLimit | null;
}

export interface NewOrg extends OrgPatch {
  name: string;
}

/** The first field that is wrong, or null. */
export function checkOrg(patch: OrgPatch): KeyRefusal | null {
  return checkName(patch.name) ?? checkRateLimit(patch.rateLimit);
}
