import { type Fault, fault } from "../../../core/faults.ts";
import type { Unsupported } from "../../contract.ts";

/** Anthropic has none: https://platform.claude.com/docs/en/build-with-claude/embeddings */
export function encodeEmbeddings(): Unsupported {
  return { unsupported: "input", why: "Anthropic has no embeddings." };
}

export function decodeEmbeddings(): Fault {
  return fault("malformed", "an answer to embeddings, which this API does not have");
}
