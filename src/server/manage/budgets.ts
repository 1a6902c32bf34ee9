import type { BudgetOwner } from "../../budget/budget.ts";
import { pageNewestFirst } from "../../keys/list.ts";
import { budgetSchema, showBudget } from "./budget-shape.ts";
import {
  answers,
  type ManageParts,
  orgQuery,
  pageOf,
  paging,
  type Resource,
  refused,
  routeOf,
  z,
} from "./contract.ts";
import { organizationOf } from "./organization.ts";

export const ownedBudget = budgetSchema
  .extend({
    scope: z.enum(["key", "org"]),
    id: z.string().openapi({ description: "Of the key or the organization." }),
    org_id: z.string(),
    name: z.string(),
  })
  .openapi("OwnedBudget");

const list = routeOf("listBudgets", {
  summary: "Every budget and where it stands now, those of the newest owners first",
  request: { query: z.strictObject({ ...paging, ...orgQuery }) },
  responses: answers(pageOf(ownedBudget)),
});

interface Owner extends BudgetOwner {
  name: string;
  createdAtMs: number;
}

/** `GET /budgets`. */
export const addBudgets: Resource = (app, parts) => {
  const { budgets, store, services } = parts;
  app.openapi(list, async (c) => {
    const { limit, cursor, org_id } = c.req.valid("query");
    const org = await organizationOf(c.env.caller, org_id, store);
    if ("refusal" in org) return refused(org.refusal);
    const owners = budgets.owners(org.orgId).flatMap((owner) => named(owner, parts));
    const page = pageNewestFirst(owners, "budgets", { limit, cursor: cursor ?? null });
    if ("refusal" in page) return refused(page.refusal);
    const nowMs = services.gateway.clock.now();
    const data = page.items.flatMap((owner) => {
      const shown = showBudget(budgets.standing(owner, nowMs));
      const { scope, id, orgId, name } = owner;
      return shown ? [{ scope, id, org_id: orgId, name, ...shown }] : [];
    });
    return c.json({ data, next_cursor: page.nextCursor }, 200);
  });
};

function named(owner: BudgetOwner, { keys, orgs }: ManageParts): Owner[] {
  const found = owner.scope === "key" ? keys.get(owner.id) : orgs.get(owner.id);
  return found ? [{ ...owner, name: found.name, createdAtMs: found.createdAtMs }] : [];
}
