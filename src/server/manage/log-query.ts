import type { Caller } from "../../core/caller.ts";
import { type ApiError, invalidField } from "../../core/errors.ts";
import type { LogChoice } from "../../ledger/read.ts";
import type { Store } from "../../store/open.ts";
import { orgQuery, time, z } from "./contract.ts";
import { STATUSES } from "./log-shape.ts";
import { organizationOf } from "./organization.ts";

const name = z.string().min(1).max(500).optional();

/** What logs are chosen by, in the list, its facets, its export and the live tail alike. */
export const logQuery = {
  ...orgQuery,
  from: time.optional().openapi({ description: "Inclusive." }),
  to: time.optional().openapi({ description: "Exclusive." }),
  model: name,
  provider: name,
  key_id: name,
  status: z.enum(STATUSES).optional(),
  industry: name,
  fallback: z
    .enum(["true", "false"])
    .transform((word) => word === "true")
    .optional(),
};

const query = z.object(logQuery);

/** The choice a caller may make, or why not. */
export async function choiceOf(
  caller: Caller,
  asked: z.output<typeof query>,
  store: Store,
): Promise<LogChoice | { refusal: ApiError }> {
  const org = await organizationOf(caller, asked.org_id, store);
  if ("refusal" in org) return org;
  if (asked.from !== undefined && asked.to !== undefined && asked.from >= asked.to)
    return { refusal: invalidField("to", "`to` must be later than `from`.") };
  return {
    orgId: org.orgId,
    fromMs: asked.from ?? null,
    toMs: asked.to ?? null,
    model: asked.model ?? null,
    provider: asked.provider ?? null,
    keyId: asked.key_id ?? null,
    status: asked.status ?? null,
    industry: asked.industry ?? null,
    fallback: asked.fallback ?? null,
  };
}
