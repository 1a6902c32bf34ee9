import { type Caller, hasScope } from "../../core/caller.ts";
import { toRfc3339 } from "../../core/clock.ts";
import type { Granter, Member } from "../../people/members.ts";
import type { Person } from "../../people/person.ts";
import { isRole } from "../../people/roles.ts";
import {
  answers,
  creates,
  idParam,
  orgQuery,
  pageOf,
  paging,
  type Resource,
  refused,
  routeOf,
  takes,
  z,
} from "./contract.ts";
import { oneOrganizationOf } from "./organization.ts";
import { pageInOrder } from "./page.ts";
import { emailSchema, roleSchema } from "./session-shape.ts";

export const memberSchema = z
  .object({
    id: z.string().openapi({ description: "Of the person: `usr_…`." }),
    org_id: z.string(),
    name: z.string(),
    email: z.string(),
    role: roleSchema,
    created_at: z.string(),
  })
  .openapi("Member");

const query = z.strictObject(orgQuery);

const list = routeOf("listMembers", {
  summary: "Who belongs to the organization, and as what, oldest first",
  request: { query: z.strictObject({ ...paging, ...orgQuery }) },
  responses: answers(pageOf(memberSchema)),
});

const add = routeOf("addMember", {
  summary: "Let somebody who has an account into a further organization",
  request: { query, body: takes(z.strictObject({ email: emailSchema, role: roleSchema })) },
  responses: creates(memberSchema),
});

const update = routeOf("updateMember", {
  summary: "Give a member another role",
  request: { query, params: idParam, body: takes(z.strictObject({ role: roleSchema })) },
  responses: answers(memberSchema),
});

const remove = routeOf("removeMember", {
  summary: "End a membership; with the last one the account and its sessions end",
  request: { query, params: idParam },
  responses: answers(memberSchema),
});

function showMember(orgId: string, member: Member): z.output<typeof memberSchema> {
  const { id, name, email, role, created_at_ms } = member;
  return {
    ...{ id, org_id: orgId, name, email, created_at: toRfc3339(created_at_ms) },
    role: isRole(role) ? role : "viewer",
  };
}

/** An owner, or the operator's key. */
export function granterOf(caller: Caller, person: Person | null): Granter {
  return { id: caller.keyId, isOwner: hasScope(caller, "admin") || person?.role === "owner" };
}

/** `GET|POST /members`, `PATCH|DELETE /members/{id}`. */
export const addMembers: Resource = (app, { people: { members }, store }) => {
  app.openapi(list, async (c) => {
    const { caller } = c.env;
    const org = await oneOrganizationOf(caller, c.req.valid("query").org_id, store);
    if ("refusal" in org) return refused(org.refusal);
    const { orgId } = org;
    const page = pageInOrder(await members.list(orgId), "members", c.req.valid("query"));
    if ("refusal" in page) return refused(page.refusal);
    const data = page.items.map((member) => showMember(orgId, member));
    return c.json({ data, next_cursor: page.nextCursor }, 200);
  });

  app.openapi(add, async (c) => {
    const { caller, person } = c.env;
    const org = await oneOrganizationOf(caller, c.req.valid("query").org_id, store);
    if ("refusal" in org) return refused(org.refusal);
    const { orgId } = org;
    const { email, role } = c.req.valid("json");
    const added = await members.add(orgId, email, role, granterOf(caller, person));
    return "refusal" in added ? refused(added.refusal) : c.json(showMember(orgId, added), 201);
  });

  /** An admin who names no organization means the one the person is in. */
  const organizationOfMember = async (caller: Caller, named: string | undefined, id: string) => {
    const isAnywhere = named === undefined && hasScope(caller, "admin");
    const found = isAnywhere ? await members.organizationOf(id, caller.orgId) : null;
    return found === null ? oneOrganizationOf(caller, named, store) : { orgId: found };
  };

  app.openapi(update, async (c) => {
    const { caller, person } = c.env;
    const { id } = c.req.valid("param");
    const org = await organizationOfMember(caller, c.req.valid("query").org_id, id);
    if ("refusal" in org) return refused(org.refusal);
    const { orgId } = org;
    const { role } = c.req.valid("json");
    const changed = await members.update(orgId, id, role, granterOf(caller, person));
    return "refusal" in changed ? refused(changed.refusal) : c.json(showMember(orgId, changed), 200);
  });

  app.openapi(remove, async (c) => {
    const { caller, person } = c.env;
    const { id } = c.req.valid("param");
    const org = await organizationOfMember(caller, c.req.valid("query").org_id, id);
    if ("refusal" in org) return refused(org.refusal);
    const { orgId } = org;
    const removed = await members.remove(orgId, id, granterOf(caller, person));
    return "refusal" in removed ? refused(removed.refusal) : c.json(showMember(orgId, removed), 200);
  });
};
