import { apiError } from "../../core/errors.ts";
import { errorReply } from "../../gateway/reply.ts";
import type { BuiltFile, BuiltFiles } from "./built-files.ts";

/** The console's pages: null = not one of its addresses. */
export type ServeConsole = (request: Request, path: string) => Promise<Response | null>;

export interface ConsoleParts {
  files: BuiltFiles;
  /** Resolves once they are as new as they get; never rejects. */
  built: () => Promise<void>;
}

const HOME = "/console";
const PAGE = "index.html";

/**
 * Nothing inline, nothing from elsewhere, no frame around it, and nobody told where it was left for: an address may hold
 * a link's token. `data:` is for pictures in the styles.
 */
const HEADERS = {
  "content-security-policy":
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Serves `/console` and all below it, and sends browsers there from `/`. */
export function serveConsole({ files, built }: ConsoleParts): ServeConsole {
  return async (request, path) => {
    if (path === "/") return wantsPage(request) ? redirected() : null;
    if (path !== HOME && !path.startsWith(`${HOME}/`)) return null;
    if (request.method !== "GET" && request.method !== "HEAD")
      return errorReply(
        apiError("method_not_allowed", "Only GET is possible here.", { headers: { allow: "GET" } }),
        {},
      );
    await built();
    const name = path.slice(HOME.length + 1);
    const file = files.get(name);
    if (file) return sent(file, request);
    // A script that an older page asks for is gone; every other address is one of the page's own.
    if (name.startsWith("assets/")) return errorReply(apiError("not_found", "There is no such file."), {});
    const page = files.get(PAGE);
    return page ? sent(page, request) : notBuilt();
  };
}

function wantsPage({ method, headers }: Request): boolean {
  return (method === "GET" || method === "HEAD") && (headers.get("accept") ?? "").includes("text/html");
}

function redirected(): Response {
  return new Response(null, { status: 302, headers: { location: HOME, vary: "accept" } });
}

function sent({ path, type, immutable }: BuiltFile, request: Request): Response {
  const isZipped = (request.headers.get("accept-encoding") ?? "").includes("gzip");
  const headers = {
    ...HEADERS,
    "content-type": type,
    "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    ...(isZipped ? { "content-encoding": "gzip" } : {}),
  };
  return new Response(Bun.file(isZipped ? `${path}.gz` : path), { headers });
}

function notBuilt(): Response {
  const text =
    "The console is not built. `sh bin/run console/build.ts` builds it; the log says why that failed.\n";
  return new Response(text, {
    status: 503,
    headers: { ...HEADERS, "content-type": "text/plain; charset=utf-8" },
  });
}
