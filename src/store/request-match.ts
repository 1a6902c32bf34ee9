import { type Expression, type SqlBool, sql } from "kysely";

/** What requests are chosen by; the columns have the same names in rows and in groups of sums. */
export interface RequestMatch {
  orgId?: string | null;
  keyId?: string | null;
  provider?: string | null;
  model?: string | null;
  industry?: string | null;
  status?: string | null;
  fallback?: boolean | null;
}

/** Null and absent fields do not filter; nothing asked for is true. */
export function matching(match: RequestMatch): Expression<SqlBool> {
  const { orgId, keyId, provider, model, industry, status, fallback } = match;
  const wanted = {
    org_id: orgId,
    key_id: keyId,
    provider,
    model,
    industry,
    status,
    fallback_used: typeof fallback === "boolean" ? Number(fallback) : null,
  };
  const conditions = Object.entries(wanted)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  return conditions.length === 0 ? sql<SqlBool>`1` : sql<SqlBool>`${sql.join(conditions, sql` AND `)}`;
}

/** True if nothing is filtered. */
export function isAll(match: RequestMatch): boolean {
  return Object.values(match).every((value) => value === null || value === undefined);
}

/** True if sums that leave key, industry and operation out can answer. */
export function isCoarse({ keyId, industry }: RequestMatch): boolean {
  return (keyId ?? null) === null && (industry ?? null) === null;
}
