import type { RequestBodiesRow } from "../store/tables.ts";
import type { LedgerRow } from "./row.ts";

/** What one side said in a request. */
export interface Body {
  text: string;
  /** Only its beginning is here. */
  isTruncated: boolean;
  /** Attached files or API keys were left out. */
  isRedacted: boolean;
}

/** What was said in a request; null = nothing that could be kept. */
export interface RequestBodies {
  request: Body | null;
  response: Body | null;
}

/** Longer ones are packed: below it, little is gained. */
const LONGEST_PLAIN = 4096;

/** As the table keeps them. Packs in the runtime's threads, some 5 ms for a megabyte. Never rejects. */
export async function bodiesRowOf(
  { sequence, timeMs, orgId }: Pick<LedgerRow, "sequence" | "timeMs" | "orgId">,
  { request, response }: RequestBodies,
): Promise<RequestBodiesRow> {
  const [packedRequest, packedResponse] = await Promise.all([packed(request), packed(response)]);
  return {
    sequence,
    time_ms: timeMs,
    org_id: orgId,
    request_truncated: request?.isTruncated ? 1 : 0,
    response_truncated: response?.isTruncated ? 1 : 0,
    request_redacted: request?.isRedacted ? 1 : 0,
    response_redacted: response?.isRedacted ? 1 : 0,
    request: packedRequest,
    response: packedResponse,
  };
}

export async function bodiesOf(row: RequestBodiesRow): Promise<RequestBodies> {
  const body = async (kept: RequestBodiesRow["request"], truncated: number, redacted: number) =>
    kept === null
      ? null
      : { text: await unpacked(kept), isTruncated: truncated === 1, isRedacted: redacted === 1 };
  return {
    request: await body(row.request, row.request_truncated, row.request_redacted),
    response: await body(row.response, row.response_truncated, row.response_redacted),
  };
}

async function packed(body: Body | null): Promise<string | Uint8Array | null> {
  if (body === null || body.text.length <= LONGEST_PLAIN) return body && body.text;
  // A row is not lost for what was said in it.
  return Bun.zstdCompress(body.text).catch(() => body.text);
}

async function unpacked(kept: string | Uint8Array): Promise<string> {
  return typeof kept === "string" ? kept : (await Bun.zstdDecompress(kept)).toString("utf8");
}
