import type { SQLQueryBindings } from "bun:sqlite";
import type { Write } from "./group-commit.ts";
import type { LinkRow, MemberRow } from "./people-tables.ts";
import type { Queries } from "./tables.ts";
import { write } from "./write.ts";

export async function findUserByEmail(queries: Queries, email: string) {
  return (
    (await queries.selectFrom("users").selectAll().where("email", "=", email).executeTakeFirst()) ?? null
  );
}

/** 1 row or none: whether anybody can sign in. */
export function anyUser(queries: Queries) {
  return queries.selectFrom("users").select("id").limit(1);
}

/** Every organization a person belongs to, the one joined first before the others. */
export function membershipsOf(queries: Queries, userId: string) {
  return queries
    .selectFrom("members")
    .innerJoin("orgs", "orgs.id", "members.org_id")
    .select(["members.org_id", "members.role", "orgs.name as org_name"])
    .where("members.user_id", "=", userId)
    .orderBy("members.created_at_ms")
    .orderBy("members.org_id");
}

/** Everybody of an organization, oldest first. */
export function membersOf(queries: Queries, orgId: string) {
  return queries
    .selectFrom("members")
    .innerJoin("users", "users.id", "members.user_id")
    .select(["users.id", "users.name", "users.email", "members.role", "members.created_at_ms"])
    .where("members.org_id", "=", orgId)
    .orderBy("members.created_at_ms")
    .orderBy("users.id");
}

/** A new person, who proves it by this password hash. */
export function insertUser(
  queries: Queries,
  user: { id: string; name: string; email: string; passwordHash: string; accountId: string; at: string },
): Write {
  const { id, name, email, at } = user;
  const times = { created_at: at, updated_at: at };
  const person = write(
    queries.insertInto("users").values({ id, name, email, email_verified: 0, image: null, ...times }),
  );
  const account = write(
    queries.insertInto("accounts").values({
      id: user.accountId,
      user_id: id,
      account_id: id,
      provider_id: "credential",
      password: user.passwordHash,
      ...times,
    }),
  );
  return (db) => {
    person(db);
    account(db);
  };
}

export function setPassword(queries: Queries, userId: string, passwordHash: string, at: string): Write {
  return write(
    queries
      .updateTable("accounts")
      .set({ password: passwordHash, updated_at: at })
      .where("user_id", "=", userId)
      .where("provider_id", "=", "credential"),
  );
}

export function putMember(queries: Queries, row: MemberRow): Write {
  return write(
    queries
      .insertInto("members")
      .values(row)
      .onConflict((conflict) => conflict.columns(["org_id", "user_id"]).doUpdateSet({ role: row.role })),
  );
}

/** Throws `NoOwner` where the organization had an owner and would have none: what stands before it is undone. */
export function keepsOwner(queries: Queries, orgId: string): Write {
  const { sql, parameters } = queries
    .selectFrom("members")
    .select("user_id")
    .where("org_id", "=", orgId)
    .where("role", "=", "owner")
    .limit(1)
    .compile();
  return (db) => {
    if (db.query(sql).get(...(parameters as SQLQueryBindings[])) === null) throw new NoOwner();
  };
}

export class NoOwner extends Error {}

export async function findMember(queries: Queries, orgId: string, userId: string) {
  const found = await membersOf(queries, orgId).where("users.id", "=", userId).executeTakeFirst();
  return found ?? null;
}

export function deleteMember(queries: Queries, orgId: string, userId: string): Write {
  return write(queries.deleteFrom("members").where("org_id", "=", orgId).where("user_id", "=", userId));
}

/** Sessions and passwords go with the person. */
export function deleteUserOfNoOrg(queries: Queries, userId: string): Write {
  return write(
    queries
      .deleteFrom("users")
      .where("id", "=", userId)
      .where("id", "not in", queries.selectFrom("members").select("user_id")),
  );
}

export function insertLink(queries: Queries, row: LinkRow): Write {
  return write(queries.insertInto("links").values(row));
}

export async function findLink(queries: Queries, tokenHash: string): Promise<LinkRow | null> {
  const found = await queries
    .selectFrom("links")
    .selectAll()
    .where("token_hash", "=", tokenHash)
    .executeTakeFirst();
  return found ?? null;
}

export async function findLinkById(queries: Queries, id: string): Promise<LinkRow | null> {
  return (await queries.selectFrom("links").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

/** Those of an organization that can still be used, newest first. */
export function openInvitations(queries: Queries, orgId: string, nowMs: number) {
  return queries
    .selectFrom("links")
    .selectAll()
    .where("purpose", "=", "invitation")
    .where("org_id", "=", orgId)
    .where("expires_at_ms", ">", nowMs)
    .orderBy("created_at_ms", "desc")
    .orderBy("id");
}

export function deleteLink(queries: Queries, id: string): Write {
  return write(queries.deleteFrom("links").where("id", "=", id));
}

/** All printed for the operator: a newer one takes their place. */
export function deleteSetupLinks(queries: Queries): Write {
  return write(queries.deleteFrom("links").where("purpose", "=", "setup"));
}

export function deleteExpiredLinks(queries: Queries, nowMs: number): Write {
  return write(queries.deleteFrom("links").where("expires_at_ms", "<=", nowMs));
}

/** Takes the link away, or throws `LinkGone` where somebody else was faster: then nothing beside it is done either. */
export function useLink(queries: Queries, id: string): Write {
  const { sql } = queries.deleteFrom("links").where("id", "=", id).compile();
  return (db) => {
    if (db.query(sql).run(id).changes === 0) throw new LinkGone();
  };
}

export class LinkGone extends Error {}

/** A person's sessions that have not ended, the newest first. */
export function sessionsOf(queries: Queries, userId: string, now: string) {
  return queries
    .selectFrom("sessions")
    .select(["id", "created_at", "updated_at", "expires_at", "ip_address", "user_agent"])
    .where("user_id", "=", userId)
    .where("expires_at", ">", now)
    .orderBy("created_at", "desc")
    .orderBy("id");
}

export function deleteSession(queries: Queries, userId: string, id: string): Write {
  return write(queries.deleteFrom("sessions").where("user_id", "=", userId).where("id", "=", id));
}

/** All of a person's sessions; `except` = but this one. */
export function deleteSessions(queries: Queries, userId: string, except: string | null): Write {
  const all = queries.deleteFrom("sessions").where("user_id", "=", userId);
  return write(except === null ? all : all.where("id", "!=", except));
}

export function deleteEndedSessions(queries: Queries, now: string): Write {
  return write(queries.deleteFrom("sessions").where("expires_at", "<=", now));
}

export function setSessionOrg(queries: Queries, id: string, orgId: string): Write {
  return write(queries.updateTable("sessions").set({ org_id: orgId }).where("id", "=", id));
}
