import { alertOf } from "../../budget/alert.ts";
import { PERIOD_KINDS } from "../../budget/period.ts";
import { invalidField } from "../../core/errors.ts";
import { listAlerts } from "../../store/alerts-table.ts";
import { decodeCursor, encodeCursor } from "../../store/cursor.ts";
import { answers, orgQuery, pageOf, paging, type Resource, refused, routeOf, time, z } from "./contract.ts";
import { organizationOf } from "./organization.ts";

export const alertSchema = z
  .object({
    id: z.string(),
    time: z.string(),
    scope: z.enum(["key", "org"]),
    org_id: z.string().optional().openapi({ description: "Of an organization's budget." }),
    key_prefix: z.string().optional().openapi({ description: "Of a key's budget." }),
    key_id: z.string().optional(),
    band: z
      .union([z.number(), z.literal("refused")])
      .openapi({ description: "The fraction of the limit that was reached, or the first refusal." }),
    limit_usd: z.string(),
    spent_usd: z.string().openapi({ description: "When the alert was due." }),
    period: z.enum(PERIOD_KINDS),
  })
  .openapi("Alert");

const list = routeOf("listAlerts", {
  summary: "Bands that budgets reached, newest first",
  request: {
    query: z.strictObject({
      ...paging,
      ...orgQuery,
      from: time.optional().openapi({ description: "Inclusive." }),
      to: time.optional().openapi({ description: "Exclusive." }),
    }),
  },
  responses: answers(pageOf(alertSchema)),
});

/** `GET /alerts`. */
export const addAlerts: Resource = (app, { store }) => {
  app.openapi(list, async (c) => {
    const { limit, cursor, org_id, from, to } = c.req.valid("query");
    const org = await organizationOf(c.env.caller, org_id, store);
    if ("refusal" in org) return refused(org.refusal);
    if (from !== undefined && to !== undefined && from >= to)
      return refused(invalidField("to", "`to` must be later than `from`."));
    const position = cursor === undefined ? null : decodeCursor("alerts", ["number", "number"], cursor);
    if (cursor !== undefined && position === null)
      return refused(invalidField("cursor", "The cursor is not one this list gave out."));
    const before = position && { timeMs: position[0], sequence: position[1] };
    const filter = { orgId: org.orgId, fromMs: from ?? null, toMs: to ?? null, before };
    // One more than asked for tells whether there is a next page.
    const found = await listAlerts(store.queries, { ...filter, limit: limit + 1 }).execute();
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    const next_cursor =
      last && found.length > limit ? encodeCursor("alerts", [last.time_ms, last.sequence]) : null;
    return c.json({ data: rows.map(alertOf), next_cursor }, 200);
  });
};
