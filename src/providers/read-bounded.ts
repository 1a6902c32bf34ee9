/**
 * The whole body, or null where it is longer than `maxBytes` or not admitted: the rest is not read. Rejects where the
 * connection breaks.
 */
export async function readBounded(
  response: Response,
  maxBytes: number,
  admit?: (bytes: number) => boolean,
): Promise<Buffer | null> {
  const declared = Number(response.headers.get("content-length") ?? 0);
  if (declared > maxBytes) {
    response.body?.cancel().catch(() => {});
    return null;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes || admit?.(chunk.byteLength) === false) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
