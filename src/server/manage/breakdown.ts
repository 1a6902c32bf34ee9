import { toRfc3339 } from "../../core/clock.ts";
import { invalidField } from "../../core/errors.ts";
import { formatUsd } from "../../core/money.ts";
import { BREAKDOWN_DIMENSIONS, type BreakdownLine, type Figures } from "../../ledger/breakdown.ts";
import { answers, type Resource, refused, routeOf, z } from "./contract.ts";
import { choiceOf, logQuery } from "./log-query.ts";

const DEFAULT_RANGE_MS = 30 * 24 * 3_600_000;
const DEFAULT_TOP = 100;

const average = z.number().nullable().openapi({ description: "Of answered requests." });
const figures = {
  requests: z.number(),
  ok_requests: z.number(),
  rated_requests: z.number().openapi({ description: "Neither refused nor canceled." }),
  saved_requests: z.number().openapi({ description: "Answered, but not by the first candidate." }),
  unpriced_requests: z.number(),
  cost_usd: z.string(),
  prompt_tokens: z.number(),
  cached_tokens: z.number(),
  completion_tokens: z.number(),
  avg_latency_ms: average,
  avg_ttft_ms: average,
};

const line = z.object({
  time: z.string().optional().openapi({ description: "Where its step begins." }),
  status: z.string().optional(),
  fallback: z.boolean().optional(),
  provider: z.string().nullable().optional().openapi({ description: "Null = nobody answered." }),
  model: z.string().nullable().optional(),
  others: z.literal(true).optional().openapi({ description: "All beyond `top`, together." }),
  ...figures,
});

/** Lines add up to the total, and both to the rows behind them. */
export const breakdownSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    step_seconds: z.number().nullable().openapi({ description: "Null = not told apart by time." }),
    total: z.object(figures),
    lines: z.array(line),
  })
  .openapi("Breakdown");

const dimension = z.enum(BREAKDOWN_DIMENSIONS).optional();

const breakdown = routeOf("breakdown", {
  summary: "What the chosen requests came to, told apart by up to two things and by time; 30 days by default",
  request: {
    query: z.strictObject({
      ...logQuery,
      by: dimension,
      then: dimension,
      step: z.enum(["auto"]).optional().openapi({
        description: "By minute up to two hours, by hour up to three days, else by day, of UTC.",
      }),
      top: z.coerce.number().int().min(1).max(100).default(DEFAULT_TOP).openapi({
        description: "How many values of `by` have lines of their own, the dearest first.",
      }),
    }),
  },
  responses: answers(breakdownSchema),
});

function showFigures(of: Figures) {
  return {
    requests: of.requests,
    ok_requests: of.okRequests,
    rated_requests: of.ratedRequests,
    saved_requests: of.savedRequests,
    unpriced_requests: of.unpricedRequests,
    cost_usd: formatUsd(of.costNanoUsd),
    prompt_tokens: of.promptTokens,
    cached_tokens: of.cachedTokens,
    completion_tokens: of.completionTokens,
    avg_latency_ms: of.avgLatencyMs,
    avg_ttft_ms: of.avgTtftMs,
  };
}

function showLine({ names, timeMs, isOthers, ...of }: BreakdownLine): z.output<typeof line> {
  const time = timeMs === null ? {} : { time: toRfc3339(timeMs) };
  return {
    ...time,
    ...names,
    ...(isOthers ? { others: true as const } : {}),
    ...showFigures(of),
  } as z.output<typeof line>;
}

/** `GET /metrics/breakdown`. */
export const addBreakdown: Resource = (app, { reader, store, services }) => {
  app.openapi(breakdown, async (c) => {
    const { by, then, step, top, ...asked } = c.req.valid("query");
    const choice = await choiceOf(c.env.caller, asked, store);
    if ("refusal" in choice) return refused(choice.refusal);
    const toMs = choice.toMs ?? services.gateway.clock.now() + 1;
    const fromMs = choice.fromMs ?? toMs - DEFAULT_RANGE_MS;
    if (fromMs >= toMs) return refused(invalidField("to", "`to` must be later than `from`."));
    const found = await reader.breakdown(
      { ...choice, fromMs, toMs },
      { by: [by, then].filter((it) => it !== undefined), isStepped: step === "auto", top },
    );
    const { stepMs, total, lines } = found;
    return c.json(
      {
        ...{ from: toRfc3339(fromMs), to: toRfc3339(toMs) },
        step_seconds: stepMs === null ? null : stepMs / 1000,
        total: showFigures(total),
        lines: lines.map(showLine),
      },
      200,
    );
  });
};
