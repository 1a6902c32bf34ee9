import type { KeyRecord } from "../../keys/record.ts";
import { budgetAlongside, budgetOf, budgetOwnerOf } from "./budget-shape.ts";
import {
  answers,
  creates,
  idParam,
  onceHeader,
  orgQuery,
  pageOf,
  paging,
  type Resource,
  refused,
  routeOf,
  takes,
  z,
} from "./contract.ts";
import { checkGrant, visibleKey } from "./key-access.ts";
import { keyFields, keySchema, newKeySchema, patchOf, showKey } from "./key-shape.ts";
import { organizationOf } from "./organization.ts";

const list = routeOf("listKeys", {
  summary: "Keys, newest first, revoked ones too",
  request: { query: z.strictObject({ ...paging, ...orgQuery }) },
  responses: answers(pageOf(keySchema)),
});

const create = routeOf("createKey", {
  summary: "Make a key; its secret is told once, in this answer",
  request: {
    headers: onceHeader,
    body: takes(z.strictObject({ name: z.string(), org_id: z.string().optional(), ...keyFields })),
  },
  responses: creates(newKeySchema),
});

const get = routeOf("getKey", {
  summary: "One key",
  request: { params: idParam },
  responses: answers(keySchema),
});

/** `GET|POST /keys`, `GET /keys/{id}`. */
export const addKeys: Resource = (app, { keys, store, budgets, services }) => {
  const now = () => services.gateway.clock.now();
  const shown = (key: KeyRecord) => showKey(key, budgets.standing(budgetOwnerOf(key), now()));

  app.openapi(list, async (c) => {
    const { limit, cursor, org_id } = c.req.valid("query");
    const org = await organizationOf(c.env.caller, org_id, store);
    if ("refusal" in org) return refused(org.refusal);
    const page = keys.list({ orgId: org.orgId, limit, cursor: cursor ?? null });
    if ("refusal" in page) return refused(page.refusal);
    return c.json({ data: page.keys.map(shown), next_cursor: page.nextCursor }, 200);
  });

  app.openapi(create, async (c) => {
    const { caller } = c.env;
    const { org_id, ...fields } = c.req.valid("json");
    const org = await organizationOf(caller, org_id ?? caller.orgId, store);
    if ("refusal" in org) return refused(org.refusal);
    const refusal = checkGrant(caller, fields.scopes);
    if (refusal) return refused(refusal);
    const input = { ...patchOf(fields), name: fields.name, orgId: org.orgId ?? caller.orgId };
    const budget = budgetOf(fields.budget);
    const made = await keys.create(input, caller.keyId, (key) =>
      budgetAlongside(budgets, budgetOwnerOf(key), budget ?? undefined),
    );
    if ("refusal" in made) return refused(made.refusal);
    if (budget) budgets.changed(budgetOwnerOf(made.key), budget, now(), true);
    return c.json({ ...shown(made.key), key: made.secret }, 201);
  });

  app.openapi(get, (c) => {
    const key = visibleKey(keys, c.env.caller, c.req.valid("param").id);
    return "refusal" in key ? refused(key.refusal) : c.json(shown(key), 200);
  });
};
