import { createRoute, type OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import type { Caller } from "../../core/caller.ts";
import type { ApiError } from "../../core/errors.ts";
import { errorReply } from "../../gateway/reply.ts";
import type { Keys } from "../../keys/keys.ts";
import type { Orgs } from "../../keys/orgs.ts";
import type { LedgerReader } from "../../ledger/read.ts";
import type { Store } from "../../store/open.ts";
import type { Services } from "../services.ts";
import { ROUTES, type RouteName } from "./routes.ts";

/** What the management API stands on, joined in main.ts. */
export interface ManageParts {
  services: Services;
  keys: Keys;
  orgs: Orgs;
  store: Store;
  reader: LedgerReader;
}

/** Who asks travels beside the request, as Hono's bindings. */
export type ManageApp = OpenAPIHono<{ Bindings: { caller: Caller } }>;

/** Adds one resource's routes. */
export type Resource = (app: ManageApp, parts: ManageParts) => void;

const errorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string(),
      metadata: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .openapi("Error");

type Responses = RouteConfig["responses"];

function responsesOf(status: 200 | 201, description: string, schema: z.ZodType): Responses {
  return {
    [status]: { description, content: { "application/json": { schema } } },
    "4XX": { description: "Refused", content: { "application/json": { schema: errorSchema } } },
  };
}

/** Responses of a route that answers 200 with this. */
export function answers(schema: z.ZodType): Responses {
  return responsesOf(200, "OK", schema);
}

/** Responses of a route that answers 201 with this. */
export function creates(schema: z.ZodType): Responses {
  return responsesOf(201, "Created", schema);
}

/** A body of this form. */
export function takes<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { "application/json": { schema } } } as const;
}

/** A route of the table, with its schemas. */
export function routeOf<const Name extends RouteName, Rest extends Omit<RouteConfig, "path" | "method">>(
  name: Name,
  rest: Rest,
) {
  const { method, path, scope }: (typeof ROUTES)[Name] = ROUTES[name];
  return createRoute({
    ...rest,
    method,
    path: path as (typeof ROUTES)[Name]["path"],
    operationId: name,
    security: scope === null ? [] : [{ key: [] }],
    "x-nyuro-scope": scope,
  });
}

/** A refusal as a route answers it; `manage.ts` adds the request's id. */
export function refused(error: ApiError): Response {
  return errorReply(error, {});
}

export const idParam = z.object({ id: z.string().min(1).max(200) });

/** Parts of the query that lists share. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().min(1).max(500).optional(),
};

/** Only admins may name another organization than their own; absent = all for admins, else one's own. */
export const orgQuery = { org_id: z.string().min(1).max(200).optional() };

export const time = z.iso
  .datetime({ offset: true, error: "must be an RFC 3339 time such as 2026-11-22T16:00:00Z" })
  .transform((text) => Date.parse(text));

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}

export { z };
