import { describeRule } from "../../config/describe.ts";
import { answers, originSchema, pageOf, paging, type Resource, refused, routeOf, z } from "./contract.ts";
import { pageInOrder } from "./page.ts";

export const ruleSchema = z
  .object({
    name: z.string(),
    priority: z.number().openapi({ description: "Lower is tried first." }),
    when: z.record(z.string(), z.unknown()).openapi({ description: "All of these hold; empty = always." }),
    then: z.record(z.string(), z.unknown()),
    origin: originSchema,
  })
  .openapi("Rule");

const list = routeOf("listRules", {
  summary: "Rules in the order they are tried, in the words of the configuration",
  request: { query: z.strictObject(paging) },
  responses: answers(pageOf(ruleSchema)),
});

/** `GET /rules`. */
export const addRules: Resource = (app, { services }) => {
  app.openapi(list, (c) => {
    const { rules } = services.gateway.snapshot().policy;
    const page = pageInOrder(rules.all, "rules", c.req.valid("query"));
    if ("refusal" in page) return refused(page.refusal);
    const origins = services.origins().rules;
    const data = page.items.map((it) => ({ ...describeRule(it), origin: origins.get(it.name) ?? null }));
    return c.json({ data, next_cursor: page.nextCursor }, 200);
  });
};
