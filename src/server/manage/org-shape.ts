import type { BudgetStanding } from "../../budget/budget-book.ts";
import { timeZoneOf } from "../../budget/period.ts";
import type { OrgPatch } from "../../keys/org-input.ts";
import type { OrgRecord } from "../../keys/org-record.ts";
import { budgetSchema, budgetWanted, showBudget } from "./budget-shape.ts";
import { z } from "./contract.ts";
import { rateLimitOf, rateLimitSchema, rateLimitWanted, showRateLimit } from "./rate-limit-shape.ts";

const unknownPrice = z.enum(["skip", "allow"]).nullable().openapi({
  description: "Of a candidate whose price is unknown, under a budget; null = as the configuration says.",
});

/** An organization as the API shows it. */
export const orgSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    time_zone: z.string(),
    store_bodies: z.boolean(),
    unknown_price: unknownPrice,
    rate_limit: rateLimitSchema.nullable(),
    budget: budgetSchema.nullable(),
  })
  .openapi("Org");

const timeZone = z.string().transform((name, context) => {
  const known = timeZoneOf(name);
  if (known !== null) return known;
  context.addIssue({ code: "custom", message: "must be an IANA time zone such as Europe/Vienna" });
  return z.NEVER;
});

/** What may be said of an organization; absent = unchanged, or the default. */
export const orgFields = {
  time_zone: timeZone.optional(),
  store_bodies: z.boolean().optional(),
  unknown_price: unknownPrice.optional(),
  rate_limit: rateLimitWanted,
  budget: budgetWanted,
};

/** Body of `PATCH /orgs/{id}`. */
export const orgPatchSchema = z.strictObject({ name: z.string().optional(), ...orgFields });

export function orgPatchOf(fields: z.output<typeof orgPatchSchema>): OrgPatch {
  return {
    name: fields.name,
    timeZone: fields.time_zone,
    storeBodies: fields.store_bodies,
    unknownPrice: fields.unknown_price,
    rateLimit: rateLimitOf(fields.rate_limit),
  };
}

export function showOrg(org: OrgRecord, budget: BudgetStanding | null): z.output<typeof orgSchema> {
  return {
    id: org.id,
    name: org.name,
    time_zone: org.timeZone,
    store_bodies: org.storeBodies,
    unknown_price: org.unknownPrice,
    rate_limit: showRateLimit(org.rateLimit),
    budget: showBudget(budget),
  };
}
