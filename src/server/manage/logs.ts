import { toRfc3339 } from "../../core/clock.ts";
import { apiError } from "../../core/errors.ts";
import { LogTail } from "../../ledger/log-tail.ts";
import { answers, idParam, pageOf, paging, type Resource, refused, routeOf, z } from "./contract.ts";
import { logsCsv, ROWS_PER_PAGE } from "./log-csv.ts";
import { logDetailSchema, showLogDetail } from "./log-detail.ts";
import { choiceOf, logQuery } from "./log-query.ts";
import { logSchema, showLog } from "./log-shape.ts";
import { liveLogs } from "./log-stream.ts";
import { ownOrganization } from "./organization.ts";

const list = routeOf("listLogs", {
  summary:
    "Requests, newest first; where few match, a page may be shorter than its limit, with more behind it",
  request: {
    query: z.strictObject({
      ...logQuery,
      ...paging,
      limit: paging.limit
        .removeDefault()
        .optional()
        .openapi({ description: "50 by default; in a table none." }),
      format: z.enum(["json", "csv"]).default("json").openapi({ description: "`csv` is all of them." }),
    }),
  },
  responses: withCsv(pageOf(logSchema)),
});

const DEFAULT_LIMIT = 50;

function withCsv(schema: z.ZodType): ReturnType<typeof answers> {
  const content = { "application/json": { schema }, "text/csv": { schema: z.string() } };
  return { ...answers(schema), 200: { description: "OK", content } };
}

const count = (value: z.ZodType) => z.object({ value, requests: z.number() });
const values = z.array(count(z.string().nullable()));

const facets = routeOf("logFacets", {
  summary:
    "The values that the chosen requests have, the commonest first, at most 100 of each; by default of 30 days",
  request: { query: z.strictObject(logQuery) },
  responses: answers(
    z
      .object({
        from: z.string(),
        to: z.string(),
        total: z.number(),
        model: values,
        provider: values,
        key_id: values,
        status: values,
        industry: values,
        fallback: z.array(count(z.boolean())),
      })
      .openapi("LogFacets"),
  ),
});

const DEFAULT_RANGE_MS = 30 * 24 * 3_600_000;

const stream = routeOf("streamLogs", {
  summary:
    "New requests as they end, as server-sent events; `Last-Event-ID` goes on where a connection broke",
  request: { query: z.strictObject(logQuery) },
  responses: {
    ...answers(z.string()),
    200: { description: "OK", content: { "text/event-stream": { schema: z.string() } } },
  },
});

/** Connections that stay: few enough to serve beside everything else. */
const MOST_STREAMS = 100;

const get = routeOf("getLog", {
  summary: "One request with its candidates and attempts, and what was said where that is kept",
  request: { params: idParam },
  responses: answers(logDetailSchema),
});

/** `GET /logs`, `/logs/facets`, `/logs/stream`, `/logs/{id}`. */
export const addLogs: Resource = (app, { reader, bodies, store, services }) => {
  const { clock } = services.gateway;
  const tail = new LogTail(store, clock.now().toString(36));
  const readers = { open: 0 };

  app.openapi(list, async (c) => {
    const { limit, cursor = null, format, ...asked } = c.req.valid("query");
    const { caller } = c.env;
    const choice = await choiceOf(caller, asked, store);
    if ("refusal" in choice) return refused(choice.refusal);
    if (format === "csv") {
      const most = limit ?? Number.POSITIVE_INFINITY;
      const read = (from: string | null, rows: number) =>
        reader.list({ ...choice, limit: rows, cursor: from });
      const first = await read(cursor, Math.min(ROWS_PER_PAGE, most));
      if ("refusal" in first) return refused(first.refusal);
      const { mayGoOn } = c.env.visit;
      return c.body(logsCsv({ first, read, mayGoOn, most }), 200, CSV_HEADERS);
    }
    const page = await reader.list({ ...choice, limit: limit ?? DEFAULT_LIMIT, cursor });
    if ("refusal" in page) return refused(page.refusal);
    return c.json({ data: page.rows.map(showLog), next_cursor: page.nextCursor }, 200);
  });

  app.openapi(facets, async (c) => {
    const choice = await choiceOf(c.env.caller, c.req.valid("query"), store);
    if ("refusal" in choice) return refused(choice.refusal);
    const toMs = choice.toMs ?? clock.now() + 1;
    const fromMs = choice.fromMs ?? toMs - DEFAULT_RANGE_MS;
    const { total, of } = await reader.facets({ ...choice, fromMs, toMs });
    const { fallback_used, ...named } = of;
    const fallback = fallback_used.map(({ value, requests }) => ({ value: value === 1, requests }));
    return c.json({ from: toRfc3339(fromMs), to: toRfc3339(toMs), total, ...named, fallback }, 200);
  });

  app.openapi(stream, async (c) => {
    const { caller, visit } = c.env;
    const choice = await choiceOf(caller, c.req.valid("query"), store);
    if ("refusal" in choice) return refused(choice.refusal);
    if (readers.open >= MOST_STREAMS)
      return refused(
        apiError("rate_limit_exceeded", `Only ${MOST_STREAMS} live tails are possible at once.`),
      );
    const listener = tail.follow(choice, c.req.header("last-event-id") ?? null);
    return c.body(liveLogs({ listener, mayGoOn: visit.mayGoOn, clock, readers }), 200, STREAM_HEADERS);
  });

  app.openapi(get, async (c) => {
    const row = await reader.get(c.req.valid("param").id, ownOrganization(c.env.caller));
    if (!row) return refused(apiError("not_found", "There is no such request."));
    return c.json(showLogDetail(row, await bodies.of(row), services.gateway), 200);
  });
};

const CSV_HEADERS = {
  "content-type": "text/csv; charset=utf-8",
  "content-disposition": 'attachment; filename="nyuro-logs.csv"',
};
/** The last one for proxies that would collect an answer before they pass it on. */
const STREAM_HEADERS = { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" };
