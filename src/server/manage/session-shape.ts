import type { Context } from "hono";
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from "../../people/passwords.ts";
import type { Person } from "../../people/person.ts";
import { powersOf, ROLES } from "../../people/roles.ts";
import type { Cookies } from "../../people/sign-in.ts";
import { withSecure } from "../browser.ts";
import { type Visit, z } from "./contract.ts";

export const roleSchema = z.enum(ROLES);

/** As somebody typed it; kept and compared in lower case. */
export const emailSchema = z
  .string()
  .max(254)
  .refine((text) => z.email().safeParse(text).success, "must be an e-mail address");

/** One to be set. What is typed to sign in is not held to this: it is right or wrong. */
export const newPassword = z
  .string()
  .min(SHORTEST_PASSWORD, `must have at least ${SHORTEST_PASSWORD} characters`)
  .max(LONGEST_PASSWORD, `must have at most ${LONGEST_PASSWORD} characters`);

export const typedPassword = z.string().min(1).max(LONGEST_PASSWORD);

export const personName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), "must be one line");

const orgOfPerson = z.object({ id: z.string(), name: z.string() });

export const sessionSchema = z
  .object({
    user: z.object({ id: z.string(), name: z.string(), email: z.string() }),
    org: orgOfPerson.openapi({ description: "The one whose figures are looked at." }),
    role: roleSchema,
    scopes: z.array(z.string()).openapi({ description: "What the role grants, in the words of keys." }),
    rights: z.array(z.string()).openapi({ description: "What it grants beyond them." }),
    orgs: z
      .array(orgOfPerson.extend({ role: roleSchema }))
      .openapi({ description: "All that the person belongs to." }),
  })
  .openapi("Session");

export function showSession({
  user,
  orgId,
  orgName,
  role,
  memberships,
}: Person): z.output<typeof sessionSchema> {
  const { scopes, rights } = powersOf(role, orgId);
  return {
    user,
    org: { id: orgId, name: orgName },
    role,
    scopes: [...scopes],
    rights: [...rights],
    orgs: memberships.map((it) => ({ id: it.orgId, name: it.orgName, role: it.role })),
  };
}

/** Adds cookies to the reply that is being made. */
export function setCookies(c: Pick<Context, "header">, { origin }: Visit, cookies: Cookies): void {
  for (const cookie of withSecure(cookies, origin)) c.header("set-cookie", cookie, { append: true });
}
