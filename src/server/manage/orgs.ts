import {
  answers,
  creates,
  idParam,
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
  request: { body: takes(z.strictObject({ name: z.string(), ...orgFields })) },
  responses: creates(orgSchema),
});

const update = routeOf("updateOrg", {
  summary: "Change an organization, at once for the next request of each of its keys",
  request: { params: idParam, body: takes(orgPatchSchema) },
  responses: answers(orgSchema),
});

/** `GET|POST /orgs`, `PATCH /orgs/{id}`. */
export const addOrgs: Resource = (app, { orgs }) => {
  app.openapi(list, (c) => {
    const { limit, cursor } = c.req.valid("query");
    const page = orgs.list({ limit, cursor: cursor ?? null });
    if ("refusal" in page) return refused(page.refusal);
    return c.json({ data: page.orgs.map(showOrg), next_cursor: page.nextCursor }, 200);
  });

  app.openapi(create, async (c) => {
    const fields = c.req.valid("json");
    const made = await orgs.create({ ...orgPatchOf(fields), name: fields.name }, c.env.caller.keyId);
    return "refusal" in made ? refused(made.refusal) : c.json(showOrg(made), 201);
  });

  app.openapi(update, async (c) => {
    const patch = orgPatchOf(c.req.valid("json"));
    const changed = await orgs.update(c.req.valid("param").id, patch, c.env.caller.keyId);
    return "refusal" in changed ? refused(changed.refusal) : c.json(showOrg(changed), 200);
  });
};
