import type { JsonObject } from "../../src/core/json.ts";
import type { Attachment, Dialect, Provider, Target } from "../../src/providers/contract.ts";
import type { Sender } from "../../src/providers/send.ts";
import type { Problem } from "./subject.ts";

/** An answer as it came. */
export interface Asked {
  target: Target;
  status: number;
  /** All that is kept of the headers, names in lower case. */
  headers: Record<string, string>;
  bytes: Buffer;
  /** The connection broke, or took longer than the provider's `total` timeout, before the answer ended. */
  isCut: boolean;
}

const KEPT_HEADERS = ["content-type", "retry-after"];
const MOST_BYTES = 8 * 2 ** 20;
/** Less than what the gateway takes: it becomes a file of ours. */
const ATTACHMENT_LIMITS = { maxBytes: 2 ** 20, timeoutMs: 15_000, signal: new AbortController().signal };

/** Sends the request as the gateway would, once, and reads all of the answer, whatever it is. */
export async function ask(
  sender: Sender,
  provider: Provider,
  dialect: Dialect,
  body: Readonly<JsonObject>,
  bare: Omit<Target, "attachments">,
): Promise<Asked | Problem> {
  const target = await withAttachments(sender, dialect, body, { ...bare, attachments: new Map() });
  if ("problem" in target) return target;
  const wire = dialect.encodeChat(body, target);
  if ("unsupported" in wire)
    return {
      problem: `${provider.id} cannot be sent this request because of ${wire.unsupported}: ${wire.why}`,
    };
  const signal = AbortSignal.timeout(provider.timeouts.totalMs);
  const response = await sender.send(provider, wire, target.upstreamModel, signal);
  if (!(response instanceof Response))
    return { problem: `${provider.id} did not answer: ${response.kind} (${response.cause})` };
  const read = await readAll(response);
  if ("problem" in read) return read;
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { target, status: response.status, headers: Object.fromEntries(headers), ...read };
}

async function withAttachments(
  sender: Sender,
  dialect: Dialect,
  body: Readonly<JsonObject>,
  target: Target,
): Promise<Target | Problem> {
  const attachments = new Map<string, Attachment>();
  for (const url of dialect.urlsToFetch?.(body, target) ?? []) {
    const fetched = await sender.fetchAttachment(url, ATTACHMENT_LIMITS);
    if ("kind" in fetched) return { problem: fetched.error?.message ?? fetched.cause };
    attachments.set(url, fetched);
  }
  return { ...target, attachments };
}

async function readAll(response: Response): Promise<Pick<Asked, "bytes" | "isCut"> | Problem> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > MOST_BYTES) return { problem: `the answer is longer than ${MOST_BYTES} bytes` };
    }
    return { bytes: Buffer.concat(chunks), isCut: false };
  } catch {
    return { bytes: Buffer.concat(chunks), isCut: true };
  }
}
