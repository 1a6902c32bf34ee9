import { apiError } from "../../core/errors.ts";
import { notSignedIn } from "../../people/person.ts";
import { answers, idParam, pageOf, type Resource, refused, routeOf, z } from "./contract.ts";

export const openSession = z
  .object({
    id: z.string(),
    created_at: z.string(),
    expires_at: z.string(),
    address: z.string().nullable(),
    user_agent: z.string().nullable(),
    current: z.boolean().openapi({ description: "It is the one that asks." }),
  })
  .openapi("OpenSession");

const list = routeOf("listSessions", {
  summary: "One's own sessions, newest first",
  responses: answers(pageOf(openSession)),
});

const revoke = routeOf("revokeSession", {
  summary: "End one of one's own sessions",
  request: { params: idParam },
  responses: answers(z.object({ id: z.string(), revoked: z.literal(true) })),
});

const revokeOthers = routeOf("revokeOtherSessions", {
  summary: "End all of one's sessions but this one",
  responses: answers(z.object({ revoked: z.literal(true) })),
});

/** `GET|DELETE /sessions`, `DELETE /sessions/{id}`. */
export const addSessions: Resource = (app, { people: { sessions } }) => {
  app.openapi(list, async (c) => {
    const { person } = c.env;
    if (!person) return refused(notSignedIn());
    const data = (await sessions.list(person)).map((it) => ({
      id: it.id,
      created_at: it.created_at,
      expires_at: it.expires_at,
      address: it.ip_address === "" ? null : it.ip_address,
      user_agent: it.user_agent === "" ? null : it.user_agent,
      current: it.id === person.sessionId,
    }));
    return c.json({ data, next_cursor: null }, 200);
  });

  app.openapi(revoke, async (c) => {
    const { person } = c.env;
    if (!person) return refused(notSignedIn());
    const { id } = c.req.valid("param");
    if (!(await sessions.revoke(person, id)))
      return refused(apiError("not_found", "You have no such session."));
    return c.json({ id, revoked: true } as const, 200);
  });

  app.openapi(revokeOthers, async (c) => {
    if (!c.env.person) return refused(notSignedIn());
    await sessions.revoke(c.env.person, null);
    return c.json({ revoked: true } as const, 200);
  });
};
