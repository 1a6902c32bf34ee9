import type { Fault } from "../../../core/faults.ts";
import { isObject, parseAnswer } from "../../../core/json.ts";
import type { Decoded } from "../../contract.ts";
import { embeddedFault } from "../../refusals.ts";
import { type VectorEncoding, vectorIn } from "../../translate/vectors.ts";
import { finished, notAnAnswer, type Shown } from "./chat.ts";
import { readUsage } from "./usage.ts";

/** The caller gets the encoding asked for, whatever the upstream returns. */
export function decodeEmbeddings(
  text: string,
  options: Shown & { encoding: VectorEncoding },
): Decoded | Fault {
  const reply = parseAnswer(text);
  if (!isObject(reply)) return notAnAnswer(text);
  if (reply.error) return embeddedFault(reply.error);
  if (!Array.isArray(reply.data) || reply.data.length === 0) return notAnAnswer(text);
  const usage = readUsage(reply.usage);
  let rewrite = false;
  for (const item of reply.data) {
    if (!isObject(item)) return notAnAnswer(text);
    const converted = vectorIn(options.encoding, item.embedding);
    if (converted === null) return notAnAnswer(text);
    if (converted !== item.embedding) {
      item.embedding = converted;
      rewrite = true;
    }
  }
  const written = rewrite ? JSON.stringify(reply) : text;
  return { text: finished(written, reply, usage, options), usage, finishReason: null, contentBytes: 0 };
}
