export type VectorEncoding = "float" | "base64";

/**
 * An embedding in the encoding asked for, whichever the upstream gave; base64 is little-endian float32, as OpenAI sends
 * it. Null where the value is no embedding.
 */
export function vectorIn(encoding: VectorEncoding, embedding: unknown): readonly number[] | string | null {
  if (typeof embedding === "string") return encoding === "base64" ? embedding : toFloats(embedding);
  if (!Array.isArray(embedding) || embedding.length === 0 || typeof embedding[0] !== "number") return null;
  return encoding === "float" ? embedding : toBase64(embedding);
}

function toFloats(base64: string): number[] | null {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === 0 || bytes.length % 4 !== 0) return null;
  const floats = new Array<number>(bytes.length / 4);
  for (let i = 0; i < floats.length; i++) floats[i] = bytes.readFloatLE(i * 4);
  return floats;
}

function toBase64(floats: readonly number[]): string {
  const bytes = Buffer.alloc(floats.length * 4);
  floats.forEach((value, i) => {
    bytes.writeFloatLE(value, i * 4);
  });
  return bytes.toString("base64");
}
