import { toRfc3339 } from "../../core/clock.ts";
import { apiError } from "../../core/errors.ts";
import { checkGrant } from "../../people/members.ts";
import { isRole } from "../../people/roles.ts";
import type { LinkRow } from "../../store/people-tables.ts";
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
import { granterOf } from "./members.ts";
import { oneOrganizationOf, ownOrganization } from "./organization.ts";
import { pageInOrder } from "./page.ts";
import {
  emailSchema,
  newPassword,
  personName,
  roleSchema,
  sessionSchema,
  setCookies,
  showSession,
} from "./session-shape.ts";

export const invitationSchema = z
  .object({
    id: z.string(),
    org_id: z.string(),
    role: roleSchema,
    email: z.string().nullable().openapi({ description: "null = for whoever holds the link." }),
    invited_by: z.string().nullable().openapi({ description: "Id of a person or a key." }),
    created_at: z.string(),
    expires_at: z.string(),
  })
  .openapi("Invitation");

export const newInvitation = invitationSchema
  .extend({ link: z.string().openapi({ description: "Shown once; its token is kept as a hash." }) })
  .openapi("NewInvitation");

const list = routeOf("listInvitations", {
  summary: "Invitations that can still be accepted, newest first",
  request: { query: z.strictObject({ ...paging, ...orgQuery }) },
  responses: answers(pageOf(invitationSchema)),
});

const create = routeOf("createInvitation", {
  summary: "Make a link that lets somebody in, once, within seven days",
  request: {
    headers: onceHeader,
    body: takes(
      z.strictObject({
        role: roleSchema,
        email: emailSchema.nullable().optional(),
        org_id: z.string().min(1).max(200).optional(),
      }),
    ),
  },
  responses: creates(newInvitation),
});

const revoke = routeOf("revokeInvitation", {
  summary: "End an invitation before it is accepted",
  request: { params: idParam },
  responses: answers(invitationSchema),
});

const accept = routeOf("acceptInvitation", {
  summary: "Join by an invitation's token; signs in",
  request: {
    body: takes(
      z.strictObject({
        token: z.string().min(1).max(200),
        name: personName,
        email: emailSchema.optional(),
        password: newPassword,
      }),
    ),
  },
  responses: creates(sessionSchema),
});

function showInvitation(link: LinkRow): z.output<typeof invitationSchema> {
  return {
    id: link.id,
    org_id: link.org_id,
    role: isRole(link.role) ? link.role : "viewer",
    email: link.email,
    invited_by: link.made_by,
    created_at: toRfc3339(link.created_at_ms),
    expires_at: toRfc3339(link.expires_at_ms),
  };
}

/** `GET|POST /invitations`, `DELETE /invitations/{id}`, `POST /invitations/accept`. */
export const addInvitations: Resource = (app, { people: { links, joins }, store }) => {
  app.openapi(list, async (c) => {
    const { org_id, ...paged } = c.req.valid("query");
    const org = await oneOrganizationOf(c.env.caller, org_id, store);
    if ("refusal" in org) return refused(org.refusal);
    const page = pageInOrder(await links.invitations(org.orgId), "invitations", paged);
    if ("refusal" in page) return refused(page.refusal);
    return c.json({ data: page.items.map(showInvitation), next_cursor: page.nextCursor }, 200);
  });

  app.openapi(create, async (c) => {
    const { caller, person, visit } = c.env;
    const { role, email, org_id } = c.req.valid("json");
    const org = await oneOrganizationOf(caller, org_id, store);
    if ("refusal" in org) return refused(org.refusal);
    const refusal = checkGrant(granterOf(caller, person), role);
    if (refusal) return refused(refusal);
    const to = { orgId: org.orgId, role, email: email?.toLowerCase() ?? null };
    const { link, token } = await links.invite(to, caller.keyId);
    const url = `${visit.origin}/console/invitation?token=${token}`;
    return c.json({ ...showInvitation(link), link: url }, 201);
  });

  app.openapi(revoke, async (c) => {
    const { caller } = c.env;
    const revoked = await links.revoke(c.req.valid("param").id, ownOrganization(caller), caller.keyId);
    if (!revoked) return refused(apiError("not_found", "There is no such invitation."));
    return c.json(showInvitation(revoked), 200);
  });

  app.openapi(accept, async (c) => {
    const { email, ...joining } = c.req.valid("json");
    const opened = await joins.join("invitation", { ...joining, email: email ?? null }, c.env.visit.client);
    if ("refusal" in opened) return refused(opened.refusal);
    setCookies(c, c.env.visit, opened.cookies);
    return c.json(showSession(opened.person), 201);
  });
};
