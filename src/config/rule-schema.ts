import { z } from "zod";
import { capability } from "./provider-schema.ts";
import { line, modelForm, usd } from "./scalars.ts";
import { INDUSTRIES, STRATEGIES, TASKS } from "./words.ts";

/** Of rules that name none. */
export const USUAL_PRIORITY = 100;

const tokenBound = z.int().min(0).max(1_000_000_000);

const promptTokens = z
  .strictObject({
    min: tokenBound.optional().describe("At least so many; absent = no lower bound."),
    max: tokenBound.optional().describe("At most so many; absent = no upper bound."),
  })
  .refine((bounds) => bounds.min !== undefined || bounds.max !== undefined, { error: "needs min or max" })
  .refine((bounds) => (bounds.min ?? 0) <= (bounds.max ?? Number.POSITIVE_INFINITY), {
    error: "has a min above its max",
  });

const keywords = z
  .strictObject({
    any: z.array(line).default([]).describe("One of these must appear."),
    all: z.array(line).default([]).describe("All of these must appear."),
  })
  .refine((lists) => lists.any.length + lists.all.length > 0, { error: "needs an entry in any or all" });

const conditions = z.strictObject({
  prompt_tokens: promptTokens.optional().describe("Bounds on the estimated prompt tokens."),
  keywords: keywords
    .optional()
    .describe("Whole words or phrases in the messages, upper and lower case alike."),
  industry: z.enum(INDUSTRIES).optional().describe("The industry the request is tagged with."),
  task: z.enum(TASKS).optional().describe("What the classifier calls the prompt."),
  needs: z.array(capability).min(1).optional().describe("Capabilities the request needs, all of them."),
  max_input_cost_usd: usd
    .optional()
    .describe("The estimated input cost on the first candidate is at most this many USD."),
  model: modelForm.optional().describe("Glob over the model as it was asked for, such as `gpt-*`."),
  key: line.optional().describe("Id of the calling key."),
  org: line.optional().describe("Id of the calling organization."),
  metadata: z
    .record(z.string(), z.string())
    .optional()
    .describe("Values the request's `metadata` must have."),
  stream: z.boolean().optional().describe("Whether the request asks for a stream."),
  contains_pii: z
    .boolean()
    .optional()
    .describe("Whether e-mail addresses, phone numbers, payment cards, IBANs or national ids appear."),
});

const actions = z
  .strictObject({
    models: z.array(modelForm).min(1).optional().describe("Use these instead of what was asked."),
    strategy: z.enum(STRATEGIES).optional().describe("Route by this intent instead of what was asked."),
    only_local: z.boolean().optional().describe("Never leave your own infrastructure."),
    allow_cloud_fallback: z.boolean().optional().describe("Whether cloud models may follow the local ones."),
    deny: line.max(1000).optional().describe("Refuse with 403 and this message."),
    max_cost_usd: usd.optional().describe("Most USD the request may cost."),
    set_params: z.record(z.string(), z.json()).optional().describe("Request fields to set."),
  })
  .refine((chosen) => Object.keys(chosen).length > 0, { error: "needs at least one action" })
  .refine((chosen) => chosen.models === undefined || chosen.strategy === undefined, {
    error: "cannot have both models and strategy",
  });

export const ruleSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/, {
      error: "must be 1 to 63 of letters, digits, space, dot, underscore and hyphen",
    })
    .describe("Shown in headers and logs when the rule decided; unique."),
  priority: z
    .int()
    .min(-1_000_000)
    .max(1_000_000)
    .default(USUAL_PRIORITY)
    .describe("Lower is tried first; no number twice. Rules without one keep the order of the file."),
  when: conditions.prefault({}).describe("All of these must hold; absent = always."),
  then: actions.describe("What the rule does."),
});
