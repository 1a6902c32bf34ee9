import { NOTHING_ELSE } from "../../gateway/asking.ts";
import { parseChat } from "../../gateway/parse.ts";
import { routeReason } from "../../gateway/reason.ts";
import { explain } from "../../routing/explain.ts";
import { plan } from "../../routing/plan.ts";
import { answers, type Resource, refused, routeOf, takes, z } from "./contract.ts";
import { showTable, tableSchema } from "./decision-shape.ts";

const taskSchema = z.object({
  name: z.string(),
  scores: z.record(z.string(), z.number()),
  features: z.record(z.string(), z.unknown()),
});

const decide = routeOf("route", {
  summary: "Where a chat request would go and why, without calling anyone",
  request: { body: takes(z.looseObject({}).openapi("ChatRequest")) },
  responses: answers(
    z
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
      .openapi("Decision"),
  ),
});

/** `POST /route`. What the request itself would be refused with is the answer here too. */
export const addRoute: Resource = (app, { services }) => {
  app.openapi(decide, (c) => {
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
        ...showTable(explain(planned, parsed.route, gateway.health)),
        catalog_revision: catalog.revision,
        config_revision: configRevision,
      },
      200,
    );
  });
};
