import type { Caller } from "../../core/caller.ts";
import { NOTHING_ELSE } from "../../gateway/asking.ts";
import type { MoneyReason } from "../../gateway/decision-record.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import { type ParsedRequest, parseChat } from "../../gateway/parse.ts";
import { Purse } from "../../gateway/purse.ts";
import { routeReason } from "../../gateway/reason.ts";
import { withParamsOf } from "../../gateway/set-params.ts";
import type { Plan } from "../../routing/decision.ts";
import { explain } from "../../routing/explain.ts";
import { plan } from "../../routing/plan.ts";
import { answers, orRefuses, type Resource, refused, routeOf, takes, z } from "./contract.ts";
import { showTable, tableSchema } from "./decision-shape.ts";
import { withoutLeftOut } from "./left-out.ts";

const taskSchema = z.object({
  name: z.string(),
  scores: z.record(z.string(), z.number()),
  features: z.record(z.string(), z.unknown()),
});

export const decisionSchema = z
  .object({
    reason: z.string().openapi({ description: "What X-Nyuro-Route-Reason would say." }),
    form: z.enum(["alias", "pinned", "auto", "industry", "strategy", "models"]),
    rule: z.string().nullable(),
    task: taskSchema,
    industry: z.string().nullable(),
    suggested_industry: z.string().nullable(),
    ...tableSchema,
    catalog_revision: z.string(),
    config_revision: z.string(),
  })
  .openapi("Decision");

const decide = routeOf("route", {
  summary: "Where a chat request would go and why, without calling anyone",
  request: { body: takes(z.looseObject({}).openapi("ChatRequest")) },
  responses: orRefuses(
    answers(decisionSchema),
    503,
    "No deployment can take this request; the error says why each",
  ),
});

/** No request has it, so nothing is held by it. */
const NO_SEQUENCE = 0;

/** Candidates that the budgets of the key that asks would not pay for now. */
async function unpaidOf(
  gateway: Gateway,
  caller: Caller,
  parsed: ParsedRequest,
  { candidates, rule }: Plan,
): Promise<ReadonlyMap<string, MoneyReason>> {
  const incoming = {
    ...{ sequence: NO_SEQUENCE, timeMs: gateway.clock.now() },
    ...{ caller, operation: "chat" as const },
  };
  const snapshot = gateway.snapshot();
  const purse = new Purse({ gateway, incoming, snapshot, request: withParamsOf(rule, parsed) });
  const unpaid = new Map<string, MoneyReason>();
  for (const { deployment } of candidates) {
    const reason = await purse.lacks(deployment);
    if (reason) unpaid.set(deployment.id, reason);
  }
  return unpaid;
}

/** `POST /route`. What the request itself would be refused with is the answer here too. */
export const addRoute: Resource = (app, { services }) => {
  app.openapi(decide, async (c) => {
    const { gateway } = services;
    const { catalog, policy, configRevision } = gateway.snapshot();
    const { classifier } = policy;
    const asking = {
      ...NOTHING_ELSE,
      sticky: policy.sticky,
      maxCostUsd: c.req.header("x-nyuro-max-cost-usd") ?? null,
    };
    const parsed = parseChat(JSON.stringify(c.req.valid("json")), c.env.caller, catalog, asking);
    if ("code" in parsed) return refused(parsed);
    const planned = plan(parsed.route, { policy, catalog, health: gateway.health });
    if ("code" in planned) return refused(planned);
    const unpaid = await unpaidOf(gateway, c.env.caller, parsed, planned);
    const messages = Array.isArray(parsed.body.messages) ? parsed.body.messages : [];
    const { task, scores, features } = classifier.classify(messages);
    return c.json(
      {
        reason: routeReason(planned, null, true),
        form: planned.form,
        rule: planned.rule?.name ?? null,
        task: { name: task, scores: { ...scores }, features: { ...features } },
        industry: planned.industry,
        suggested_industry: planned.industry === null ? classifier.suggestIndustry(messages) : null,
        ...showTable(withoutLeftOut(explain(planned, parsed.route, gateway.health), unpaid)),
        catalog_revision: catalog.revision,
        config_revision: configRevision,
      },
      200,
    );
  });
};
