import { apiError, invalidField } from "../../core/errors.ts";
import {
  answers,
  idParam,
  orgQuery,
  pageOf,
  paging,
  type Resource,
  refused,
  routeOf,
  time,
  z,
} from "./contract.ts";
import { logDetailSchema, showLogDetail } from "./log-detail.ts";
import { logSchema, STATUSES, showLog } from "./log-shape.ts";
import { organizationOf, ownOrganization } from "./organization.ts";

const name = z.string().min(1).max(500).optional();

const list = routeOf("listLogs", {
  summary: "Requests, newest first",
  request: {
    query: z.strictObject({
      ...paging,
      ...orgQuery,
      from: time.optional().openapi({ description: "Inclusive." }),
      to: time.optional().openapi({ description: "Exclusive." }),
      model: name,
      provider: name,
      key_id: name,
      status: z.enum(STATUSES).optional(),
      industry: name,
      fallback: z
        .enum(["true", "false"])
        .transform((word) => word === "true")
        .optional(),
    }),
  },
  responses: answers(pageOf(logSchema)),
});

const get = routeOf("getLog", {
  summary: "One request with its candidates and attempts",
  request: { params: idParam },
  responses: answers(logDetailSchema),
});

/** `GET /logs`, `GET /logs/{id}`. */
export const addLogs: Resource = (app, { reader, store, services }) => {
  app.openapi(list, async (c) => {
    const query = c.req.valid("query");
    const org = await organizationOf(c.env.caller, query.org_id, store);
    if ("refusal" in org) return refused(org.refusal);
    if (query.from !== undefined && query.to !== undefined && query.from >= query.to)
      return refused(invalidField("to", "`to` must be later than `from`."));
    const page = await reader.list({
      orgId: org.orgId,
      fromMs: query.from ?? null,
      toMs: query.to ?? null,
      model: query.model ?? null,
      provider: query.provider ?? null,
      keyId: query.key_id ?? null,
      status: query.status ?? null,
      industry: query.industry ?? null,
      fallback: query.fallback ?? null,
      limit: query.limit,
      cursor: query.cursor ?? null,
    });
    if ("refusal" in page) return refused(page.refusal);
    return c.json({ data: page.rows.map(showLog), next_cursor: page.nextCursor }, 200);
  });

  app.openapi(get, async (c) => {
    const row = await reader.get(c.req.valid("param").id, ownOrganization(c.env.caller));
    if (!row) return refused(apiError("not_found", "There is no such request."));
    return c.json(showLogDetail(row, services.gateway), 200);
  });
};
