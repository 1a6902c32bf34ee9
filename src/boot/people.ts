import type { Orgs } from "../keys/orgs.ts";
import { joinPeople, type People, type PeopleOptions } from "../people/people.ts";
import { callerOf } from "../people/person.ts";
import type { SignedIn } from "../server/services.ts";

export interface JoinedPeople {
  people: People;
  /** Whom a session's cookie names, held to what their organization is held to; null = nobody. */
  personOf(sessionToken: string): Promise<SignedIn | null>;
}

/** Who may use the console. Nothing is loaded for it before somebody signs in. */
export function joinSignIn(options: PeopleOptions, orgs: Pick<Orgs, "get">): JoinedPeople {
  const people = joinPeople(options);
  return {
    people,
    async personOf(sessionToken) {
      const person = await people.sessions.personOf(sessionToken);
      return person && { person, caller: callerOf(person, orgs.get(person.orgId)?.rateLimit ?? null) };
    },
  };
}

/** Where the operator makes the first owner, or another one. */
export function setupUrl(origin: string, token: string): string {
  return `${origin}/console/setup?token=${token}`;
}

/** A link for the operator while nobody can sign in; null = somebody can. */
export async function firstLink(people: People, origin: string): Promise<string | null> {
  if (!(await people.isEmpty())) return null;
  return setupUrl(origin, (await people.links.makeSetup(null)).token);
}
