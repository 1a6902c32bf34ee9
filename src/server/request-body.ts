import { isUtf8 } from "node:buffer";
import type { Deadlines } from "../core/deadlines.ts";
import { type ApiError, apiError } from "../core/errors.ts";
import type { OpenRequest } from "../gateway/open-requests.ts";
import type { ServerLimits } from "./services.ts";

/**
 * Reads a request's body under our own limit and deadline: the runtime's limit resets the connection and its idle
 * timeout closes it, and neither lets an answer through. `open` absent = nothing but these ends the reading early.
 */
export async function readRequestBody(
  request: Request,
  limits: ServerLimits,
  deadlines: Deadlines,
  open?: OpenRequest,
): Promise<string | ApiError> {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > limits.maxBodyBytes) return tooLarge(limits);
  if (declared === null && !request.body) return "";
  const reading = declared === null ? readCounted(request, limits) : request.text();
  // A body that came with its head is here already: no race, no deadline.
  const read = Bun.peek(reading);
  if (typeof read === "string") return wellRead(read, declared);
  let settle: (refused: ApiError) => void = () => {};
  const expired = new Promise<ApiError>((resolve) => {
    settle = resolve;
  });
  open?.whenBroken(() => settle(apiError("shutting_down", "The gateway is stopping.")));
  const deadline = deadlines.add(limits.bodyTimeoutMs, () =>
    settle(
      apiError("request_timeout", "The request body did not arrive in time.", {
        // Who drips on would hold the connection until the idle timeout.
        headers: { connection: "close" },
      }),
    ),
  );
  try {
    const text = await Promise.race([reading, expired]);
    return typeof text === "string" ? wellRead(text, declared) : text;
  } catch {
    return apiError("invalid_request", "The request body could not be read.");
  } finally {
    deadlines.end(deadline);
  }
}

/** A chunked body says no length, so it is counted while it comes. */
async function readCounted(request: Request, limits: ServerLimits): Promise<string | ApiError> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limits.maxBodyBytes) return tooLarge(limits);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return isUtf8(bytes) ? bytes.toString("utf8") : notUtf8();
}

/**
 * The runtime puts U+FFFD for bytes that are no UTF-8 and says nothing; the model would be asked something else than the
 * caller sent. Such a text is longer than its bytes were (but where an emoji lacks just its last byte, which passes):
 * reading the bytes and decoding them ourselves would cost every request a turn of the event loop.
 */
function wellRead(text: string, declared: string | null): string | ApiError {
  if (declared === null || !text.includes("\ufffd")) return text;
  return Buffer.byteLength(text) > Number(declared) ? notUtf8() : text;
}

function notUtf8(): ApiError {
  return apiError("invalid_request", "The request body is not valid UTF-8.");
}

function tooLarge(limits: ServerLimits): ApiError {
  return apiError(
    "request_too_large",
    `The request body is over ${Math.floor(limits.maxBodyBytes / 2 ** 20)} MiB.`,
  );
}
