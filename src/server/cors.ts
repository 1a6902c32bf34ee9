const EXPOSED =
  "x-request-id, x-nyuro-model, x-nyuro-provider, x-nyuro-route-reason, x-nyuro-fallback-used, x-nyuro-candidates, " +
  "x-nyuro-attempts, x-nyuro-cost-usd, x-nyuro-dropped-params, x-nyuro-added-params, x-nyuro-replayed, server-timing, " +
  "retry-after, retry-after-ms, x-should-retry, x-ratelimit-limit-requests, x-ratelimit-limit-tokens, " +
  "x-ratelimit-remaining-requests, x-ratelimit-remaining-tokens, x-ratelimit-reset-requests, x-ratelimit-reset-tokens";

function allowedOrigin(request: Request, origins: readonly string[]): string | null {
  const origin = request.headers.get("origin");
  if (origin === null || origins.length === 0) return null;
  return origins.includes("*") || origins.includes(origin) ? origin : null;
}

/** The answer to a browser's preflight, or null where CORS is off or the origin is not allowed. */
export function preflight(request: Request, origins: readonly string[]): Response | null {
  const origin = request.method === "OPTIONS" ? allowedOrigin(request, origins) : null;
  if (origin === null) return null;
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET, POST, PATCH, DELETE, OPTIONS",
      "access-control-allow-headers":
        request.headers.get("access-control-request-headers") ??
        "authorization, content-type, idempotency-key",
      "access-control-max-age": "600",
      vary: "origin",
    },
  });
}

/** Adds what a browser on an allowed origin needs to read the reply. */
export function withCors(request: Request, response: Response, origins: readonly string[]): Response {
  const origin = origins.length === 0 ? null : allowedOrigin(request, origins);
  if (origin !== null) {
    response.headers.set("access-control-allow-origin", origin);
    response.headers.set("access-control-expose-headers", EXPOSED);
    response.headers.append("vary", "origin");
  }
  return response;
}
