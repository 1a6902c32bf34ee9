import { type Fault, fault } from "../core/faults.ts";

/** Upstream bodies above this are a fault: no answer is that long, and all of it would be held in memory. */
export const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/**
 * The body as text. A declared length is enforced by the runtime, so it is enough to look at it; what declares none,
 * or is packed and may unfold to anything, is counted. Rejects where the connection breaks.
 */
export async function readText(response: Response, maxBytes: number): Promise<string | Fault> {
  const declared = response.headers.get("content-length");
  if (declared !== null && !response.headers.has("content-encoding")) {
    return Number(declared) > maxBytes ? tooLarge(response) : await response.text();
  }
  if (!response.body) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > maxBytes) return tooLarge(null);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function tooLarge(unread: Response | null): Fault {
  unread?.body?.cancel().catch(() => {});
  return fault("malformed", "the body is over 64 MiB");
}
