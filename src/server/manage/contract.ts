import { createRoute, type OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import type { BudgetBook } from "../../budget/budget-book.ts";
import type { Caller } from "../../core/caller.ts";
import type { ApiError } from "../../core/errors.ts";
import { errorReply } from "../../gateway/reply.ts";
import type { Keys } from "../../keys/keys.ts";
import type { Orgs } from "../../keys/orgs.ts";
import type { Bills } from "../../ledger/bills.ts";
import type { KeptBodies } from "../../ledger/kept-bodies.ts";
import type { LedgerReader } from "../../ledger/read.ts";
import type { People } from "../../people/people.ts";
import type { Person } from "../../people/person.ts";
import type { Client } from "../../people/sign-in.ts";
import type { AddedProviders } from "../../providers/added/added-providers.ts";
import type { Store } from "../../store/open.ts";
import type { Services } from "../services.ts";
import { type ManageRoute, ROUTES, type RouteName } from "./routes.ts";

/** What the management API stands on, joined in main.ts. */
export interface ManageParts {
  services: Services;
  keys: Keys;
  orgs: Orgs;
  budgets: BudgetBook;
  added: AddedProviders;
  store: Store;
  reader: LedgerReader;
  bills: Bills;
  bodies: KeptBodies;
  people: People;
}

/** What a route may know of the call itself. */
export interface Visit {
  /** The value of its session's cookie; null = it has none, or a key. */
  sessionToken: string | null;
  client: Client;
  /** Where links that are made for it lead. */
  origin: string;
  /** For an answer that goes on and on: whether who asked still may and sees the same, and the server does not stop. */
  mayGoOn(): Promise<boolean>;
}

/** Who asks travels beside the request, as Hono's bindings. `person` is there on routes for those who are signed in. */
export type ManageApp = OpenAPIHono<{ Bindings: { caller: Caller; person: Person | null; visit: Visit } }>;

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

/** The same of a route that also tells, with this status, why it cannot be done just now. */
export function orRefuses(responses: Responses, status: 503, description: string): Responses {
  return {
    ...responses,
    [status]: { description, content: { "application/json": { schema: errorSchema } } },
  };
}

/** A body of this form. */
export function takes<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { "application/json": { schema } } } as const;
}

/** A session does wherever a key does: its role says for what. */
export function securityOf(byKey: boolean, bySession: boolean): Record<string, string[]>[] {
  return [...(byKey ? [{ key: [] }] : []), ...(byKey || bySession ? [{ session: [] }] : [])];
}

/** A route of the table, with its schemas. */
export function routeOf<const Name extends RouteName, Rest extends Omit<RouteConfig, "path" | "method">>(
  name: Name,
  rest: Rest,
) {
  const { method, path, scope, signedIn }: ManageRoute = ROUTES[name];
  return createRoute({
    ...rest,
    method: method as (typeof ROUTES)[Name]["method"],
    path: path as (typeof ROUTES)[Name]["path"],
    operationId: name,
    security: securityOf(scope !== null, signedIn ?? false),
    "x-nyuro-scope": scope,
  });
}

/** A refusal as a route answers it; `manage.ts` adds the request's id. */
export function refused(error: ApiError): Response {
  return errorReply(error, {});
}

export const idParam = z.object({ id: z.string().min(1).max(200) });

/** Read before the route is asked; here for the document. */
export const onceHeader = z.object({
  "idempotency-key": z.string().optional().openapi({
    description:
      "1 to 255 visible ASCII characters: asked again with it within a day, nothing is made twice.",
  }),
});

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

/** Where the configuration file says it. */
export const originSchema = z
  .object({
    file: z.string(),
    line: z.number().nullable().openapi({ description: "From 1." }),
  })
  .nullable()
  .openapi({ description: "Where the configuration file says it; null = it does not." });

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}

export { z };
