/** How fast a stream comes: `burst` as fast as the loop turns, `steady` 200 events a second, `paced` one a second. */
export type Pace = "burst" | "steady" | "paced";

/** What the mock wants to know of a request. */
export interface MockRequest {
  path: string;
  stream: boolean;
  pace: Pace;
  /** Pieces of text the stream should have; null = the request names no `max_tokens`. */
  deltas: number | null;
  /** Where the next request of this connection begins. */
  end: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const BODY_END = Buffer.from("\r\n0\r\n\r\n");

/** The first whole request in `bytes`; null = more bytes are needed. Reads only what the mock needs, by searching. */
export function readRequest(bytes: Buffer): MockRequest | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = bytes.toString("latin1", 0, headEnd);
  const end = requestEnd(bytes, head, headEnd);
  if (end === null) return null;
  const path = head.slice(head.indexOf(" ") + 1, head.indexOf(" HTTP/"));
  const body = bytes.toString("latin1", headEnd + 4, end);
  const limit = /"max_tokens":\s*(\d+)/.exec(body)?.[1];
  return {
    path,
    stream: /"stream":\s*true/.test(body),
    pace: paceOf(/"model":\s*"([^"]*)"/.exec(body)?.[1] ?? ""),
    deltas: limit === undefined ? null : Number(limit),
    end,
  };
}

function paceOf(model: string): Pace {
  if (model.includes("steady")) return "steady";
  return model.includes("paced") ? "paced" : "burst";
}

function requestEnd(bytes: Buffer, head: string, headEnd: number): number | null {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = headEnd + 4 + Number(length);
    return bytes.length >= end ? end : null;
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return headEnd + 4;
  const last = bytes.indexOf(BODY_END, headEnd + 2);
  return last < 0 ? null : last + BODY_END.length;
}
