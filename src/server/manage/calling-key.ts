import { NANO_PER_USD } from "../../core/money.ts";
import { spentNanoUsd } from "../../store/requests-spend.ts";
import { answers, type Resource, refused, routeOf, z } from "./contract.ts";
import { visibleKey } from "./key-access.ts";
import { keySchema, showKey } from "./key-shape.ts";

/** OpenRouter's words; amounts are USD as numbers there. Null = no limit is set. */
const openRouterKey = z.object({
  label: z.string(),
  usage: z.number(),
  limit: z.number().nullable(),
  limit_remaining: z.number().nullable(),
  is_free_tier: z.boolean(),
});

const callingKey = routeOf("callingKey", {
  summary: "The key that asks; under `data` in OpenRouter's words",
  responses: answers(keySchema.extend({ data: openRouterKey }).openapi("CallingKey")),
});

const credits = routeOf("credits", {
  summary: "What the key's organization may spend and has spent, in USD",
  responses: answers(
    z.object({ data: z.object({ total_credits: z.number().nullable(), total_usage: z.number() }) }),
  ),
});

/** `GET /key`, `GET /credits`. */
export const addCallingKey: Resource = (app, { keys, store }) => {
  app.openapi(callingKey, async (c) => {
    const { caller } = c.env;
    const key = visibleKey(keys, caller, caller.keyId);
    if ("refusal" in key) return refused(key.refusal);
    const spent = await spentNanoUsd(store.queries, caller.orgId, caller.keyId);
    const data = {
      label: key.name,
      usage: spent / NANO_PER_USD,
      limit: null,
      limit_remaining: null,
      is_free_tier: false,
    };
    return c.json({ ...showKey(key), data }, 200);
  });

  app.openapi(credits, async (c) => {
    const spent = await spentNanoUsd(store.queries, c.env.caller.orgId, null);
    return c.json({ data: { total_credits: null, total_usage: spent / NANO_PER_USD } }, 200);
  });
};
