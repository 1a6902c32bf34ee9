import type { Fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseJson } from "../../../core/json.ts";
import type { Decoded, DecodeOptions } from "../../contract.ts";
import { finished, notAnAnswer } from "./chat.ts";
import { embeddedFault } from "./faults.ts";
import { readUsage } from "./usage.ts";

type Encoding = "float" | "base64";

/** The caller gets the encoding asked for, whatever the upstream returns. */
export function decodeEmbeddings(
  text: string,
  options: DecodeOptions & { encoding: Encoding },
): Decoded | Fault {
  const reply = parseJson(text);
  if (!isObject(reply)) return notAnAnswer(text);
  if (reply.error) return embeddedFault(reply.error);
  if (!Array.isArray(reply.data) || reply.data.length === 0) return notAnAnswer(text);
  const usage = readUsage(reply.usage);
  let rewrite = false;
  for (const item of reply.data) {
    if (!isObject(item)) return notAnAnswer(text);
    const converted = convert(item.embedding, options.encoding);
    if (converted === null) return notAnAnswer(text);
    if (converted !== item.embedding) {
      item.embedding = converted;
      rewrite = true;
    }
  }
  const written = rewrite ? JSON.stringify(reply) : text;
  return { text: finished(written, reply, usage, options), usage, finishReason: null, contentBytes: 0 };
}

/** base64 is little-endian float32, as OpenAI sends it. Null where the value is no embedding. */
function convert(embedding: unknown, encoding: Encoding): unknown {
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

/** Model ids of `GET /models`: OpenAI's `{data: [{id}]}`, Together's bare array, Google's `models/…` kept as they are. */
export function decodeModels(text: string): string[] | null {
  const reply = parseJson(text);
  const list = Array.isArray(reply) ? reply : isObject(reply) ? reply.data : undefined;
  if (!Array.isArray(list)) return null;
  const ids: string[] = [];
  for (const item of list as JsonObject[]) {
    if (!isObject(item) || typeof item.id !== "string" || item.id === "") return null;
    ids.push(item.id);
  }
  return ids;
}
