import { SESSION_COOKIE } from "../../people/auth-library.ts";
import { answers, type ManageApp, type Resource, routeOf, securityOf, takes, z } from "./contract.ts";

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

/** Answered by somebody else in the end, who may fail. */
const INFERENCE: ReadonlySet<string> = new Set(["/v1/chat/completions", "/v1/embeddings"]);

function describeDataPlane({ openAPIRegistry }: ManageApp): void {
  for (const { method, path, summary, scope, body, names } of DATA_PLANE) {
    openAPIRegistry.registerPath({
      method,
      path,
      summary,
      security: securityOf(scope !== null, false),
      "x-nyuro-scope": scope,
      request: {
        ...(body ? { body: takes(body) } : {}),
        ...(names ? { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) } : {}),
      },
      responses: responsesOf(path),
    });
  }
}

type Responses = ReturnType<typeof answers>;

/** As a route answers where it can, and where it cannot. */
function responsesOf(path: string): Responses {
  const usual = answers(anyObject);
  const json = { "application/json": { schema: anyObject } };
  const text = { schema: z.string() };
  if (path === "/metrics") return { ...usual, 200: { description: "OK", content: { "text/plain": text } } };
  if (path === "/readyz") return { ...usual, 503: { description: "Not yet", content: json } };
  if (!INFERENCE.has(path)) return usual;
  const streams = path === "/v1/chat/completions" ? { "text/event-stream": text } : {};
  return {
    ...usual,
    200: { description: "OK", content: { ...json, ...streams } },
    "5XX": { ...usual["4XX"], description: "No upstream could answer" },
  };
}

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
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: SESSION_COOKIE,
    description: "Set by signing in. What changes something needs `X-Nyuro-Console: 1` beside it.",
  });
  // Before what other routes call by the same name and check by themselves.
  app.openAPIRegistry.register("ChatRequest", chatBody);
  describeDataPlane(app);
  let document: string | null = null;
  app.openapi(openapi, (c) => {
    document ??= documentOf(app);
    return c.body(document, 200, { "content-type": "application/json; charset=utf-8" });
  });
};
