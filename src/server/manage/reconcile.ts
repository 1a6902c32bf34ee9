import { canonicalNameOf } from "../../catalog/names.ts";
import { apiError, invalidField } from "../../core/errors.ts";
import { formatUsd } from "../../core/money.ts";
import { providerUsage } from "../../ledger/provider-usage.ts";
import { type Compared, type ReconciledFigures, reconcile } from "../../ledger/reconcile.ts";
import { readUsageExport } from "../../ledger/usage-export.ts";
import { answers, type Resource, refused, routeOf, z } from "./contract.ts";

const DAY_MS = 86_400_000;
const MOST_DAYS = 400;

const count = z.number().nullable();
const figures = {
  requests: count,
  prompt_tokens: count,
  completion_tokens: count,
  cost_usd: z.string().nullable(),
};
const compared = {
  theirs: z.object(figures).nullable(),
  ours: z.object({ ...figures, unpriced_requests: z.number() }).nullable(),
  difference: z.object(figures).openapi({ description: "Theirs less ours; null where they do not tell." }),
};

export const reconciliationSchema = z
  .object({
    provider: z.string(),
    form: z.string().openapi({ description: "What the export was taken for." }),
    from: z.string().openapi({ description: "The first UTC day of the export." }),
    to: z.string().openapi({ description: "The last one." }),
    days: z.array(
      z.object({
        day: z.string(),
        model: z.string().nullable(),
        names: z.array(z.string()),
        ...compared,
      }),
    ),
    total: z.object(compared),
    only_theirs: z.number(),
    only_ours: z.number(),
  })
  .openapi("Reconciliation");

const reconcileBill = routeOf("reconcileBill", {
  summary: "Compare a provider's usage export with our rows, by UTC day and model; nothing is kept",
  request: {
    query: z.strictObject({ provider: z.string().min(1).max(200) }),
    body: { required: true, content: { "text/csv": { schema: z.string() } } },
  },
  responses: answers(reconciliationSchema),
});

function show({ requests, promptTokens, completionTokens, costNanoUsd }: ReconciledFigures) {
  return {
    requests,
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    cost_usd: costNanoUsd === null ? null : formatUsd(costNanoUsd),
  };
}

function showCompared({ theirs, ours, difference }: Compared) {
  return {
    theirs: theirs && show(theirs),
    ours: ours && { ...show(ours), unpriced_requests: ours.unpricedRequests },
    difference: show(difference),
  };
}

/** `POST /bill/reconcile`. */
export const addReconcile: Resource = (app, { store, services }) => {
  app.openapi(reconcileBill, async (c) => {
    const { provider } = c.req.valid("query");
    const read = await readUsageExport(await c.req.text());
    if ("problem" in read) return refused(invalidField(null, read.problem));
    const days = read.figures.map(({ day }) => day).sort();
    const [from = ""] = days;
    const to = days.at(-1) ?? "";
    if (days.length === 0) return refused(invalidField(null, "The export holds no usage."));
    if (Date.parse(to) - Date.parse(from) >= MOST_DAYS * DAY_MS)
      return refused(invalidField(null, `The export is of more than ${MOST_DAYS} days, ${from} to ${to}.`));
    const ours = await providerUsage(store, provider, from, to);
    const isKnown = services.gateway.snapshot().upstreams.has(provider);
    if (ours.length === 0 && !isKnown)
      return refused(apiError("not_found", "There is no such provider.", { param: "provider" }));
    const { lines, total, onlyTheirs, onlyOurs } = reconcile(read.figures, ours, canonicalNameOf);
    return c.json(
      {
        ...{ provider, form: read.form, from, to },
        days: lines.map((line) => ({
          ...{ day: line.day, model: line.model, names: line.names },
          ...showCompared(line),
        })),
        total: showCompared(total),
        ...{ only_theirs: onlyTheirs, only_ours: onlyOurs },
      },
      200,
    );
  });
};
