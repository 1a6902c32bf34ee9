import { toRfc3339 } from "../../core/clock.ts";
import { creates, onceHeader, type Resource, refused, routeOf, takes, z } from "./contract.ts";
import {
  emailSchema,
  newPassword,
  personName,
  sessionSchema,
  setCookies,
  showSession,
} from "./session-shape.ts";

const link = routeOf("makeConsoleLink", {
  summary: "Make the operator's link: whoever opens it becomes an owner, once, within 30 minutes",
  request: { headers: onceHeader, body: takes(z.strictObject({})) },
  responses: creates(
    z
      .object({
        id: z.string(),
        link: z.string().openapi({ description: "Shown once. The one made before it ends." }),
        expires_at: z.string(),
      })
      .openapi("ConsoleLink"),
  ),
});

const setup = routeOf("setUpConsole", {
  summary: "Become an owner by the operator's link; signs in",
  request: {
    body: takes(
      z.strictObject({
        token: z.string().min(1).max(200),
        name: personName,
        email: emailSchema,
        password: newPassword,
      }),
    ),
  },
  responses: creates(sessionSchema),
});

/** `POST /console/link`, `POST /console/setup`. */
export const addConsoleSetup: Resource = (app, { people: { links, joins } }) => {
  app.openapi(link, async (c) => {
    const { caller, visit } = c.env;
    const made = await links.makeSetup(caller.keyId);
    const expires_at = toRfc3339(made.link.expires_at_ms);
    const url = `${visit.origin}/console/setup?token=${made.token}`;
    return c.json({ id: made.link.id, link: url, expires_at }, 201);
  });

  app.openapi(setup, async (c) => {
    const opened = await joins.join("setup", c.req.valid("json"), c.env.visit.client);
    if ("refusal" in opened) return refused(opened.refusal);
    setCookies(c, c.env.visit, opened.cookies);
    return c.json(showSession(opened.person), 201);
  });
};
