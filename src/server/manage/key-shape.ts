import type { BudgetStanding } from "../../budget/budget-book.ts";
import { SCOPES } from "../../core/caller.ts";
import { toRfc3339 } from "../../core/clock.ts";
import type { KeyPatch } from "../../keys/input.ts";
import type { KeyRecord } from "../../keys/record.ts";
import { budgetSchema, budgetWanted, showBudget } from "./budget-shape.ts";
import { time, z } from "./contract.ts";
import { rateLimitOf, rateLimitSchema, rateLimitWanted, showRateLimit } from "./rate-limit-shape.ts";

const timeOrNull = z.string().nullable();
const names = z.array(z.string()).nullable();

/** A key as the API shows it. The secret is no part of it. */
export const keySchema = z
  .object({
    id: z.string(),
    org_id: z.string(),
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    allowed_models: names,
    allowed_providers: names,
    expires_at: timeOrNull,
    created_at: z.string(),
    last_used_at: timeOrNull,
    revoked_at: timeOrNull,
    rate_limit: rateLimitSchema.nullable(),
    budget: budgetSchema.nullable(),
    metadata: z.record(z.string(), z.unknown()),
  })
  .openapi("Key");

/** The answers to create and rotate: the only times a secret is told. */
export const newKeySchema = keySchema
  .extend({ key: z.string().openapi({ description: "The secret; it is told here and never again." }) })
  .openapi("NewKey");

/** What may be said of a key; absent = unchanged, or the default. */
export const keyFields = {
  scopes: z.array(z.enum(SCOPES)).optional(),
  allowed_models: names.optional(),
  allowed_providers: names.optional(),
  expires_at: time.nullable().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  rate_limit: rateLimitWanted,
  budget: budgetWanted,
};

/** Body of `PATCH /keys/{id}`. */
export const patchSchema = z.strictObject({ name: z.string().optional(), ...keyFields });

export function patchOf(fields: z.output<typeof patchSchema>): KeyPatch {
  return {
    name: fields.name,
    scopes: fields.scopes,
    allowedModels: fields.allowed_models,
    allowedProviders: fields.allowed_providers,
    expiresAtMs: fields.expires_at,
    metadata: fields.metadata,
    rateLimit: rateLimitOf(fields.rate_limit),
  };
}

export function showKey(key: KeyRecord, budget: BudgetStanding | null): z.output<typeof keySchema> {
  const shown = (timeMs: number | null) => (timeMs === null ? null : toRfc3339(timeMs));
  return {
    id: key.id,
    org_id: key.orgId,
    name: key.name,
    prefix: key.prefix,
    scopes: [...key.scopes],
    allowed_models: key.allowedModels && [...key.allowedModels],
    allowed_providers: key.allowedProviders && [...key.allowedProviders],
    expires_at: shown(key.expiresAtMs),
    created_at: toRfc3339(key.createdAtMs),
    last_used_at: shown(key.lastUsedAtMs),
    revoked_at: shown(key.revokedAtMs),
    rate_limit: showRateLimit(key.rateLimit),
    budget: showBudget(budget),
    metadata: { ...key.metadata },
  };
}
