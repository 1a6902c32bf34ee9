import { toRfc3339 } from "../../core/clock.ts";
import { invalidField } from "../../core/errors.ts";
import { isObject, parseJson } from "../../core/json.ts";
import { listAudit } from "../../store/audit-table.ts";
import { decodeCursor, encodeCursor } from "../../store/cursor.ts";
import type { AuditRow } from "../../store/tables.ts";
import { answers, orgQuery, pageOf, paging, type Resource, refused, routeOf, time, z } from "./contract.ts";
import { organizationOf } from "./organization.ts";

export const auditSchema = z
  .object({
    id: z.string(),
    time: z.string(),
    actor_key_id: z.string().nullable().openapi({ description: "null = the operator at the machine." }),
    org_id: z.string().nullable(),
    action: z.string(),
    object: z.string(),
    details: z.record(z.string(), z.unknown()),
  })
  .openapi("AuditEntry");

const word = z.string().min(1).max(200).optional();

const list = routeOf("listAudit", {
  summary: "Who changed what, newest first",
  request: {
    query: z.strictObject({
      ...paging,
      ...orgQuery,
      actor_key_id: word,
      action: word,
      object: word,
      from: time.optional(),
      to: time.optional(),
    }),
  },
  responses: answers(pageOf(auditSchema)),
});

function showAudit(row: AuditRow & { sequence: number }): z.output<typeof auditSchema> {
  const details = parseJson(row.details);
  return {
    id: `audit_${row.sequence}`,
    time: toRfc3339(row.time_ms),
    actor_key_id: row.actor_key_id,
    org_id: row.org_id,
    action: row.action,
    object: row.object,
    details: isObject(details) ? details : {},
  };
}

/** `GET /audit`. */
export const addAudit: Resource = (app, { store }) => {
  app.openapi(list, async (c) => {
    const { limit, cursor, org_id, actor_key_id, action, object, from, to } = c.req.valid("query");
    const org = await organizationOf(c.env.caller, org_id, store);
    if ("refusal" in org) return refused(org.refusal);
    const position = cursor === undefined ? null : decodeCursor("audit", ["number"], cursor);
    if (cursor !== undefined && position === null)
      return refused(invalidField("cursor", "The cursor is not one this list gave out."));
    // One more than asked for tells whether there is a next page.
    const filter = {
      orgId: org.orgId,
      actorKeyId: actor_key_id ?? null,
      action: action ?? null,
      object: object ?? null,
      fromMs: from ?? null,
      toMs: to ?? null,
    };
    const found = await listAudit(store.queries, filter, position?.[0] ?? null, limit + 1).execute();
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    const next_cursor = last && found.length > limit ? encodeCursor("audit", [last.sequence]) : null;
    return c.json({ data: rows.map(showAudit), next_cursor }, 200);
  });
};
