/** A route as the served document shows it. */
export interface ServedRoute {
  /** In upper case. */
  method: string;
  /** As OpenAPI writes it: `/api/v1/keys/{id}`. */
  path: string;
  /** What the document says of it. */
  operation: Operation;
}

/** The parts of an OpenAPI operation that tests look at. */
export interface Operation {
  operationId?: string;
  "x-nyuro-scope": string | null;
  security?: readonly Record<string, readonly string[]>[];
  parameters?: readonly { name: string; in: string; required?: boolean; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: JsonSchema }> }>;
}

export type JsonSchema = { [keyword: string]: unknown };

export interface ServedDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

/** Every route there is: those of a document that is built from them. */
export function servedRoutes({ paths }: Pick<ServedDocument, "paths">): ServedRoute[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

/** Where a route can be called: what serves inference answers under OpenRouter's prefix as well. */
export function addressesOf({ path }: Pick<ServedRoute, "path">): string[] {
  return path.startsWith("/v1/") ? [path, `/api${path}`] : [path];
}
