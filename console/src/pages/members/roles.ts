import type { Member } from "../../api-types.ts";

export interface Role {
  may: string;
}

/** In words; what a role really may is decided by the server alone. */
export const ROLES: Record<Member["role"], Role> = {
  owner: {
    may: "Everything in the organization; of the first one, everything there is: providers, rules, organizations.",
  },
  admin: { may: "See everything of the organization; keys, budgets, members; use the playground." },
  billing: { may: "See logs, figures, budgets and bills." },
  developer: { may: "See logs, figures and bills; use the playground." },
  viewer: { may: "See logs, figures and bills." },
};
