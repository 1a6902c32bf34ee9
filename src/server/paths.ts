/**
 * The one reading of a path that routing and authorisation share. Trailing slashes, doubled `/v1/v1` and OpenRouter's
 * `/api/v1` prefix for the data plane are tolerated. Null = the URL cannot be read.
 */
export function pathOf(requestUrl: string): string | null {
  // HTTP/1.0 without a Host, as load balancers ask for their health checks, has a URL without an origin.
  const url = requestUrl.startsWith("/") ? `http://nyuro${requestUrl}` : requestUrl;
  if (!URL.canParse(url)) return null;
  const { pathname } = new URL(url);
  const single = pathname.replace(/\/{2,}/g, "/").replace(/^(\/api)?(?:\/v1)+(?=\/|$)/, "$1/v1");
  return single.length > 1 ? single.replace(/\/$/, "") : single;
}

/** The data-plane path of an `/api/v1/…` twin: `/api/v1/models` → `/v1/models`. */
export function withoutApiPrefix(path: string): string {
  return path.startsWith("/api/v1/") ? path.slice(4) : path;
}
