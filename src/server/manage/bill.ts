import { isMonth } from "../../core/calendar.ts";
import { apiError } from "../../core/errors.ts";
import { billCsv } from "./bill-csv.ts";
import { answers, orgQuery, type Resource, refused, routeOf, z } from "./contract.ts";
import { organizationOf } from "./organization.ts";

const time = z.string().nullable();
const figures = {
  requests: z.number(),
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  cost_usd: z.string(),
  unpriced_requests: z.number(),
};
const line = z.object({ name: z.string().nullable(), ...figures });

export const billSchema = z
  .object({
    org_id: z
      .string()
      .nullable()
      .openapi({ description: "null = all organizations, each by its own calendar." }),
    month: z.string(),
    time_zone: z.string().nullable(),
    from: time.openapi({ description: "Inclusive." }),
    to: time.openapi({ description: "Exclusive." }),
    closed: z.boolean(),
    closes_at: time,
    total_usd: z.string(),
    requests: z.number(),
    prompt_tokens: z.number(),
    completion_tokens: z.number(),
    unpriced_requests: z.number().openapi({ description: "Their cost is unknown and in no figure." }),
    adjustments: z
      .object(figures)
      .openapi({ description: "The part of it that came too late for the bill of its own month." }),
    by_provider: z.array(line),
    by_model: z.array(line),
    by_key: z.array(z.object({ name: z.string(), key_name: z.string().nullable(), ...figures })),
    by_industry: z.array(line),
    checksum: z
      .string()
      .nullable()
      .openapi({ description: "SHA-256 over the canonical JSON of the rest; null while a month is open." }),
  })
  .openapi("Bill");

const bill = routeOf("bill", {
  summary: "What a calendar month came to; by default the current one",
  request: {
    query: z.strictObject({
      month: z.string().refine(isMonth, "must be a month such as 2026-11").optional(),
      format: z.enum(["json", "csv"]).default("json"),
      ...orgQuery,
    }),
  },
  responses: withCsv(answers(billSchema)),
});

function withCsv(responses: ReturnType<typeof answers>): ReturnType<typeof answers> {
  const content = {
    "application/json": { schema: billSchema },
    "text/csv": { schema: z.string() },
  };
  return { ...responses, 200: { description: "OK", content } };
}

/** `GET /bill`. */
export const addBill: Resource = (app, { bills, store }) => {
  app.openapi(bill, async (c) => {
    const { month = null, format, org_id } = c.req.valid("query");
    const org = await organizationOf(c.env.caller, org_id, store);
    if ("refusal" in org) return refused(org.refusal);
    const found = org.orgId === null ? await bills.ofAll(month) : await bills.of(org.orgId, month);
    if (!found) return refused(apiError("not_found", "There is no such organization.", { param: "org_id" }));
    const { document, checksum } = found;
    if (format === "json") return c.json({ ...document, checksum }, 200);
    const name = `nyuro-bill-${document.month}-${document.org_id ?? "all"}.csv`;
    return c.body(billCsv(document), 200, {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
    });
  });
};
