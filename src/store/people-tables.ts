/** Tables of the console's people. Times whose name ends in `_at` are better-auth's: ISO 8601 text in UTC. */
export interface PeopleTables {
  users: UserRow;
  sessions: SessionRow;
  accounts: AccountRow;
  members: MemberRow;
  links: LinkRow;
}

export interface UserRow {
  /** `usr_…` */
  id: string;
  name: string;
  /** In lower case. */
  email: string;
  email_verified: number;
  image: string | null;
  created_at: string;
  updated_at: string;
}

export interface SessionRow {
  /** `ses_…` */
  id: string;
  user_id: string;
  /** The cookie holds it with a signature, without which it opens nothing. */
  token: string;
  /** Whose figures are looked at; null = the organization that the person joined first. */
  org_id: string | null;
  expires_at: string;
  ip_address: string | null;
  user_agent: string | null;
  created_at: string;
  updated_at: string;
}

/** How a person proves who they are: one row with `provider_id` `credential`, whose `account_id` is the user's id. */
export interface AccountRow {
  id: string;
  user_id: string;
  account_id: string;
  provider_id: string;
  /** Argon2id, in PHC's form. */
  password: string | null;
  created_at: string;
  updated_at: string;
}

export interface MemberRow {
  org_id: string;
  user_id: string;
  /** One of the roles in people/roles.ts. */
  role: string;
  created_at_ms: number;
}

/** A link that makes its holder a member, once: the row is gone when it was used. */
export interface LinkRow {
  /** `inv_…` */
  id: string;
  token_hash: string;
  /** `setup` = printed for the operator, `invitation` = made by a member for somebody else. */
  purpose: string;
  org_id: string;
  role: string;
  /** Whom it is for; null = whoever holds it. */
  email: string | null;
  /** Key or user id; null = the operator at the machine. */
  made_by: string | null;
  created_at_ms: number;
  expires_at_ms: number;
}
