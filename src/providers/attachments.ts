import { type Fault, fault } from "../core/faults.ts";
import type { Attachment } from "./contract.ts";
import { mediaTypeOf } from "./media-type.ts";
import { readBounded } from "./read-bounded.ts";

export interface AttachmentLimits {
  /** Of the file, before base64. */
  maxBytes: number;
  /** For all of it, redirects included. */
  timeoutMs: number;
  /** Aborted = the caller is gone. */
  signal: AbortSignal;
  /** Told of each piece before it is kept; false = there is no room for it, and the rest is not read. */
  admit?: (bytes: number) => boolean;
}

/** One guarded request that follows no redirect. A fault means that there is no response to read. */
export type GetOnce = (
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<Response | Fault>;

const MAX_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 307, 308];
const HEADERS = { accept: "image/*, application/pdf", "accept-encoding": "identity" } as const;

/**
 * A file that a caller named by URL. Each hop is checked anew. The sentences tell a caller nothing of where a name
 * leads or whether anything listens there: an address that may not be called, one that does not answer and one that
 * does not exist read the same.
 */
export async function fetchAttachment(
  get: GetOnce,
  source: string,
  { maxBytes, timeoutMs, signal, admit }: AttachmentLimits,
): Promise<Attachment | Fault> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, timeout]);
  const givenUp = () =>
    signal.aborted
      ? fault("canceled", "the caller is gone")
      : refused(`did not arrive within ${timeoutMs} ms`, "attachment timeout");
  let url = urlOf(source, null);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    if (!(url instanceof URL)) return url;
    const response = await get(url, HEADERS, either);
    if (either.aborted) return givenUp();
    if (!(response instanceof Response)) return refused("could not be reached", response.cause);
    if (!REDIRECTS.includes(response.status)) {
      const read = await fileOf(response, maxBytes, admit).catch((error: unknown) => broken(error));
      return either.aborted ? givenUp() : read;
    }
    response.body?.cancel().catch(() => {});
    url = urlOf(response.headers.get("location") ?? "", url);
  }
  return refused(`is redirected more than ${MAX_REDIRECTS} times`, "attachment redirects");
}

function urlOf(text: string, base: URL | null): URL | Fault {
  const url = URL.parse(text, base?.href);
  if (url === null) return refused("is no complete address", "attachment address");
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return refused("does not begin with http:// or https://", "attachment scheme");
  if (url.username !== "" || url.password !== "")
    return refused("holds a user name or a password", "attachment user name");
  return url;
}

async function fileOf(
  response: Response,
  maxBytes: number,
  admit: AttachmentLimits["admit"],
): Promise<Attachment | Fault> {
  if (!response.ok) {
    response.body?.cancel().catch(() => {});
    return refused(`is answered with status ${response.status}`, `attachment HTTP ${response.status}`);
  }
  if ((response.headers.get("content-encoding") ?? "identity") !== "identity") {
    response.body?.cancel().catch(() => {});
    return refused("is sent compressed", "attachment compressed");
  }
  const bytes = await readBounded(response, maxBytes, admit);
  if (bytes === null) return refused(`is longer than ${maxBytes} bytes`, "attachment too long");
  const mediaType = mediaTypeOf(response.headers.get("content-type"), bytes);
  if (mediaType === null) return refused("is neither an image nor a PDF", "attachment of another type");
  return { mediaType, base64: bytes.toString("base64") };
}

function broken(error: unknown): Fault {
  const cause = error instanceof Error ? `${"code" in error ? String(error.code) : error.name}` : "unknown";
  return refused("broke off while it was read", `attachment broke off: ${cause}`);
}

/** The URL itself is not repeated: it may hold a signature. */
function refused(what: string, cause: string): Fault {
  const message = `A URL in the request ${what}. Send the file itself as a data: URL.`;
  const error = { message, type: "invalid_request_error", param: null, code: "attachment_not_fetched" };
  return fault("bad_request", cause, { error });
}
