import { type Caller, hasScope } from "../../core/caller.ts";
import { type ApiError, apiError } from "../../core/errors.ts";
import type { Store } from "../../store/open.ts";
import { findOrg } from "../../store/orgs-table.ts";

/**
 * Whose objects a request may see: an organization's id, null for all of them (an admin who names none), or a
 * refusal. To everybody but admins another organization looks like one that does not exist.
 */
export async function organizationOf(
  caller: Caller,
  named: string | undefined,
  store: Store,
): Promise<{ orgId: string | null } | { refusal: ApiError }> {
  const isAdmin = hasScope(caller, "admin");
  if (named === undefined) return { orgId: isAdmin ? null : caller.orgId };
  if (named === caller.orgId || (isAdmin && (await findOrg(store.queries, named)))) return { orgId: named };
  return { refusal: apiError("not_found", "There is no such organization.", { param: "org_id" }) };
}

/** The organization a caller may read single objects of; null = all. */
export function ownOrganization(caller: Caller): string | null {
  return hasScope(caller, "admin") ? null : caller.orgId;
}

/** The one organization a change is for: one's own, admins' too, unless another is named. */
export async function oneOrganizationOf(
  caller: Caller,
  named: string | undefined,
  store: Store,
): Promise<{ orgId: string } | { refusal: ApiError }> {
  const org = await organizationOf(caller, named ?? caller.orgId, store);
  return "refusal" in org ? org : { orgId: org.orgId ?? caller.orgId };
}
