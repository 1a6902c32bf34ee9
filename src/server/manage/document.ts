import { answers, type ManageApp, type Resource, routeOf, takes, z } from "./contract.ts";

/** Of the API, as in `/api/v1`; not of the program. */
const API_VERSION = "1";

const anyObject = z.looseObject({});

const openapi = routeOf("openapi", { summary: "This document", responses: answers(anyObject) });

const chatBody = z
  .looseObject({
    model: z.string().optional(),
    models: z.array(z.string()).optional(),
    messages: z.array(z.looseObject({ role: z.string() })).min(1),
    stream: z.boolean().optional(),
  })
  .openapi("ChatRequest", {
    description: "OpenAI's Chat Completions; fields not listed go through as well.",
  });

const embeddingsBody = z
  .looseObject({
    model: z.string(),
    input: z.union([z.string(), z.array(z.string()), z.array(z.number()), z.array(z.array(z.number()))]),
    encoding_format: z.enum(["float", "base64"]).optional(),
  })
  .openapi("EmbeddingsRequest");

interface Listed {
  method: "get" | "post";
  path: string;
  summary: string;
  /** null = no key is asked for. */
  scope: string | null;
  body?: z.ZodType;
  /** Names in the path. */
  names?: readonly string[];
}

/** Served elsewhere, described here, so that one document shows everything. */
const DATA_PLANE: readonly Listed[] = [
  { method: "post", path: "/v1/chat/completions", summary: "Chat", scope: "inference", body: chatBody },
  { method: "post", path: "/v1/embeddings", summary: "Embeddings", scope: "inference", body: embeddingsBody },
  { method: "get", path: "/v1/models", summary: "Models and aliases of this key", scope: "any" },
  { method: "get", path: "/v1/models/{id}", summary: "One of them", scope: "any", names: ["id"] },
  { method: "get", path: "/metrics", summary: "Metrics for Prometheus", scope: "admin" },
  { method: "get", path: "/healthz", summary: "Is it alive", scope: null },
  { method: "get", path: "/readyz", summary: "Is it ready to answer", scope: null },
];

function describeDataPlane({ openAPIRegistry }: ManageApp): void {
  for (const { method, path, summary, scope, body, names } of DATA_PLANE) {
    openAPIRegistry.registerPath({
      method,
      path,
      summary,
      security: scope === null ? [] : [{ key: [] }],
      "x-nyuro-scope": scope,
      request: {
        ...(body ? { body: takes(body) } : {}),
        ...(names ? { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) } : {}),
      },
      responses: path === "/metrics" ? TEXT : answers(anyObject),
    });
  }
}

const TEXT = { 200: { description: "OK", content: { "text/plain": { schema: z.string() } } } };

function documentOf(app: ManageApp): string {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Nyuro",
      version: API_VERSION,
      description: "A self-hosted LLM gateway. `x-nyuro-scope` is what the key must grant.",
    },
    servers: [{ url: "/" }],
  });
  return JSON.stringify(document);
}

/** `GET /openapi.json`, written at the first request for it. */
export const addDocument: Resource = (app) => {
  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description: "`Authorization: Bearer neu_live_…`, or the same key in `X-API-Key`.",
  });
  describeDataPlane(app);
  let document: string | null = null;
  app.openapi(openapi, (c) => {
    document ??= documentOf(app);
    return c.body(document, 200, { "content-type": "application/json; charset=utf-8" });
  });
};
