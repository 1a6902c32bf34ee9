import ipaddr from "ipaddr.js";
import { type ApiError, apiError } from "../core/errors.ts";
import { SESSION_COOKIE } from "../people/auth-library.ts";
import type { Client } from "../people/sign-in.ts";

/** Where browsers reach this server. */
export interface Reached {
  /** `server.public_url`: its origin; null = not told. */
  publicOrigin: string | null;
  /** `server.host`. */
  host: string;
}

/** What the console's own calls carry besides their cookie: no form and no foreign page can send it unasked. */
export const CONSOLE_HEADER = "x-nyuro-console";

/** The value of the session's cookie; null = there is none. */
export function sessionTokenOf(headers: Headers): string | null {
  const cookies = headers.get("cookie");
  if (cookies === null || !cookies.includes(SESSION_COOKIE)) return null;
  for (const cookie of cookies.split(";")) {
    const [name, value] = cookie.trim().split("=", 2);
    if (name === SESSION_COOKIE && value) return value;
  }
  return null;
}

/**
 * Null = a browser may have sent this of its own accord, from our own pages. Else it may be another site's doing: by a
 * form, by a script, or by a name of its own that it lets point at us (DNS rebinding), which a Host of ours rules out.
 * `asCookie`: the call is authenticated by a cookie, which a browser adds whoever asks.
 */
export function checkBrowser(request: Request, reached: Reached, asCookie: boolean): ApiError | null {
  const { headers, method } = request;
  const host = headers.get("host")?.toLowerCase() ?? "";
  if (!isOurs(host, reached)) return apiError("cross_site", `${WHY_HOST} ${HOW_TO_TELL}`);
  if (method === "GET" || method === "HEAD") return null;
  if (!isSameOrigin(headers, host, reached)) return apiError("cross_site", `${WHY_ORIGIN} ${HOW_TO_TELL}`);
  if (asCookie && headers.get(CONSOLE_HEADER) !== "1")
    return apiError(
      "cross_site",
      "A call with a session's cookie that changes something needs the header X-Nyuro-Console: 1.",
    );
  return null;
}

const WHY_HOST = "The name this server was called by is not one it knows itself by.";
const WHY_ORIGIN = "This call comes from a page of another site.";
const HOW_TO_TELL = "Set server.public_url to the address people use.";

/** A page can make its own name point at us, but not an address or `localhost`. */
function isOurs(host: string, { publicOrigin, host: bound }: Reached): boolean {
  const name = host.startsWith("[") ? host.slice(1, host.indexOf("]")) : host.replace(/:\d*$/, "");
  if (name === "localhost" || name.endsWith(".localhost") || ipaddr.isValid(name)) return true;
  return name === bound.toLowerCase() || (publicOrigin !== null && host === new URL(publicOrigin).host);
}

function isSameOrigin(headers: Headers, host: string, { publicOrigin }: Reached): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return false;
  const origin = headers.get("origin");
  if (origin === null || origin === publicOrigin) return true;
  // Before a proxy that ends TLS the scheme is another; the name and the port must be the same.
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Where links that we make lead: the address people use, else the one this call came by. */
export function originOf(request: Request, { publicOrigin }: Reached): string {
  const { headers } = request;
  return publicOrigin ?? headers.get("origin") ?? `http://${headers.get("host") ?? "127.0.0.1"}`;
}

/** `Secure` where the page was reached by https: elsewhere a browser would not keep it. */
export function withSecure(cookies: readonly string[], origin: string): string[] {
  return cookies.map((cookie) => (origin.startsWith("https://") ? `${cookie}; Secure` : cookie));
}

export function clientOf(request: Request, address: string | null): Client {
  return { address, userAgent: request.headers.get("user-agent") };
}
