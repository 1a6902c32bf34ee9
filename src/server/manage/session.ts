import { notSignedIn } from "../../people/person.ts";
import { answers, type Resource, refused, routeOf, takes, z } from "./contract.ts";
import {
  emailSchema,
  newPassword,
  sessionSchema,
  setCookies,
  showSession,
  typedPassword,
} from "./session-shape.ts";

const signIn = routeOf("signIn", {
  summary: "Sign in with e-mail address and password; the session is a cookie",
  request: { body: takes(z.strictObject({ email: emailSchema, password: typedPassword })) },
  responses: answers(sessionSchema),
});

const get = routeOf("getSession", { summary: "Who is signed in", responses: answers(sessionSchema) });

const move = routeOf("moveSession", {
  summary: "Look at another of one's organizations",
  request: { body: takes(z.strictObject({ org_id: z.string().min(1).max(200) })) },
  responses: answers(sessionSchema),
});

const signOut = routeOf("signOut", {
  summary: "End this session",
  responses: answers(z.object({ signed_out: z.literal(true) })),
});

const changePassword = routeOf("changePassword", {
  summary: "Set another password; one's other sessions end",
  request: {
    body: takes(z.strictObject({ current_password: typedPassword, new_password: newPassword })),
  },
  responses: answers(z.object({ changed: z.literal(true) })),
});

/** `GET|POST|PATCH|DELETE /session`, `POST /session/password`. */
export const addSession: Resource = (app, { people: { sessions } }) => {
  app.openapi(signIn, async (c) => {
    const { email, password } = c.req.valid("json");
    const opened = await sessions.open(email, password, c.env.visit.client);
    if ("refusal" in opened) return refused(opened.refusal);
    setCookies(c, c.env.visit, opened.cookies);
    return c.json(showSession(opened.person), 200);
  });

  app.openapi(get, async (c) => {
    const { visit } = c.env;
    const opened = await sessions.prolonged(visit.sessionToken ?? "");
    if (!opened) return refused(notSignedIn());
    setCookies(c, visit, opened.cookies);
    return c.json(showSession(opened.person), 200);
  });

  app.openapi(move, async (c) => {
    if (!c.env.person) return refused(notSignedIn());
    const moved = await sessions.moveTo(c.env.person, c.req.valid("json").org_id);
    return "refusal" in moved ? refused(moved.refusal) : c.json(showSession(moved), 200);
  });

  app.openapi(signOut, async (c) => {
    const { person, visit } = c.env;
    if (!person) return refused(notSignedIn());
    setCookies(c, visit, await sessions.close(visit.sessionToken ?? "", person));
    return c.json({ signed_out: true } as const, 200);
  });

  app.openapi(changePassword, async (c) => {
    const { person, visit } = c.env;
    if (!person) return refused(notSignedIn());
    const { current_password, new_password } = c.req.valid("json");
    const refusal = await sessions.changePassword(person, current_password, new_password, visit.client);
    return refusal ? refused(refusal) : c.json({ changed: true } as const, 200);
  });
};
