import { toRfc3339 } from "../../core/clock.ts";
import { apiError } from "../../core/errors.ts";
import { requestIdOf } from "../../core/ids.ts";
import { NANO_PER_USD } from "../../core/money.ts";
import { completionTokens, promptTokens } from "../../core/usage.ts";
import type { LedgerRow } from "../../ledger/row.ts";
import { answers, type Resource, refused, routeOf, z } from "./contract.ts";
import { ownOrganization } from "./organization.ts";

const count = z.number().nullable();

/** OpenRouter's words, as far as we know them; `total_cost` is USD as a number there. Null = unknown. */
const generationSchema = z
  .object({
    id: z.string(),
    created_at: z.string(),
    model: z.string().nullable(),
    provider_name: z.string().nullable(),
    total_cost: count,
    usage: count,
    tokens_prompt: count,
    tokens_completion: count,
    native_tokens_prompt: count,
    native_tokens_completion: count,
    native_tokens_reasoning: count,
    native_tokens_cached: count,
    latency: z.number(),
    generation_time: count,
    streamed: z.boolean(),
    cancelled: z.boolean(),
    finish_reason: z.string().nullable(),
    status: z.string(),
  })
  .openapi("Generation");

const generation = routeOf("generation", {
  summary: "One request, in OpenRouter's words; the id is that of `X-Request-Id`",
  request: { query: z.strictObject({ id: z.string().min(1).max(200) }) },
  responses: answers(z.object({ data: generationSchema })),
});

function showGeneration(row: LedgerRow): z.output<typeof generationSchema> {
  const { usage } = row;
  const prompt = usage && promptTokens(usage);
  const completion = usage && completionTokens(usage);
  const cost = row.costNanoUsd === null ? null : row.costNanoUsd / NANO_PER_USD;
  return {
    id: requestIdOf(row.sequence),
    created_at: toRfc3339(row.timeMs),
    model: row.model,
    provider_name: row.provider,
    total_cost: cost,
    usage: cost,
    tokens_prompt: prompt,
    tokens_completion: completion,
    native_tokens_prompt: prompt,
    native_tokens_completion: completion,
    native_tokens_reasoning: usage && usage.reasoning,
    native_tokens_cached: usage && usage.cachedRead,
    latency: row.latencyMs,
    generation_time: row.ttftMs === null ? null : Math.max(0, row.latencyMs - row.ttftMs),
    streamed: row.stream,
    cancelled: row.status === "canceled",
    // The ledger does not keep it.
    finish_reason: null,
    status: row.status,
  };
}

/** `GET /generation?id=`. */
export const addGeneration: Resource = (app, { reader }) => {
  app.openapi(generation, async (c) => {
    const row = await reader.get(c.req.valid("query").id, ownOrganization(c.env.caller));
    if (!row) return refused(apiError("not_found", "There is no such request."));
    return c.json({ data: showGeneration(row) }, 200);
  });
};
