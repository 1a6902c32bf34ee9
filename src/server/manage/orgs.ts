import type { BudgetOwner } from "../../budget/budget.ts";
import { apiError } from "../../core/errors.ts";
import type { OrgRecord } from "../../keys/org-record.ts";
import { budgetAlongside, budgetOf } from "./budget-shape.ts";
import {
  answers,
  creates,
  idParam,
  onceHeader,
  pageOf,
  paging,
  type Resource,
  refused,
  routeOf,
  takes,
  z,
} from "./contract.ts";
import { orgFields, orgPatchOf, orgPatchSchema, orgSchema, showOrg } from "./org-shape.ts";

const list = routeOf("listOrgs", {
  summary: "Organizations, newest first",
  request: { query: z.strictObject(paging) },
  responses: answers(pageOf(orgSchema)),
});

const create = routeOf("createOrg", {
  summary: "Make an organization; keys are made in it with its id",
  request: { headers: onceHeader, body: takes(z.strictObject({ name: z.string(), ...orgFields })) },
  responses: creates(orgSchema),
});

const update = routeOf("updateOrg", {
  summary: "Change an organization, at once for the next request of each of its keys",
  request: { params: idParam, body: takes(orgPatchSchema) },
  responses: answers(orgSchema),
});

const erase = routeOf("eraseBodies", {
  summary: "Erase what was said in all requests of an organization up to now; their log rows stay",
  request: { params: idParam },
  responses: answers(
    z.object({ erased: z.number().openapi({ description: "Requests." }) }).openapi("ErasedBodies"),
  ),
});

/** `GET|POST /orgs`, `PATCH /orgs/{id}`, `DELETE /orgs/{id}/bodies`. */
export const addOrgs: Resource = (app, { orgs, budgets, bodies, services }) => {
  const now = () => services.gateway.clock.now();
  const ownerOf = ({ id }: OrgRecord): BudgetOwner => ({ scope: "org", id, orgId: id });
  const shown = (org: OrgRecord) => showOrg(org, budgets.standing(ownerOf(org), now()));

  app.openapi(list, (c) => {
    const { limit, cursor } = c.req.valid("query");
    const page = orgs.list({ limit, cursor: cursor ?? null });
    if ("refusal" in page) return refused(page.refusal);
    return c.json({ data: page.orgs.map(shown), next_cursor: page.nextCursor }, 200);
  });

  app.openapi(create, async (c) => {
    const fields = c.req.valid("json");
    const budget = budgetOf(fields.budget);
    const made = await orgs.create({ ...orgPatchOf(fields), name: fields.name }, c.env.caller.keyId, (org) =>
      budgetAlongside(budgets, ownerOf(org), budget ?? undefined),
    );
    if ("refusal" in made) return refused(made.refusal);
    if (budget) budgets.changed(ownerOf(made), budget, now(), true);
    return c.json(shown(made), 201);
  });

  app.openapi(update, async (c) => {
    const fields = c.req.valid("json");
    const { id } = c.req.valid("param");
    const owner = { scope: "org", id, orgId: id } as const;
    const budget = budgetOf(fields.budget);
    const alongside = budgetAlongside(budgets, owner, budget);
    const changed = await orgs.update(id, orgPatchOf(fields), c.env.caller.keyId, alongside);
    if ("refusal" in changed) return refused(changed.refusal);
    if (budget !== undefined) budgets.changed(owner, budget, now());
    // Whatever it was before: two changes at once may each see the other's.
    if (fields.time_zone !== undefined) budgets.rezoned(id, now());
    return c.json(shown(changed), 200);
  });

  app.openapi(erase, async (c) => {
    const { id } = c.req.valid("param");
    if (!orgs.get(id)) return refused(apiError("not_found", "There is no such organization."));
    return c.json({ erased: await bodies.erase(id, c.env.caller.keyId) }, 200);
  });
};
