import type { JsonObject } from "../../../core/json.ts";
import {
  type CallPart,
  detailsOf,
  type Part,
  type ReasoningDetail,
  type Turn,
} from "../../translate/parts.ts";

/** Whose signatures these are, as OpenRouter says it too. */
export const FORMAT = "google-gemini-v1";

/**
 * What Google gives for calls that it did not make itself, or whose signature was lost on the way:
 * https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
 */
const NO_SIGNATURE = "skip_thought_signature_validator";

/** A signature of anything but a call, as the client keeps it. Byte for byte what came. */
export function signatureDetail(signature: string, index: number): ReasoningDetail {
  return { type: "reasoning.encrypted", data: signature, format: FORMAT, index };
}

/** The signatures of one turn of the model's, and which of its calls must not go without. */
export class TurnSignatures {
  private readonly byCall = new Map<string, string>();
  private readonly others: string[] = [];
  private owed: boolean;

  constructor(turn: Turn, isOwed: boolean) {
    this.owed = isOwed;
    for (const { data, id } of detailsOf(turn.parts, FORMAT)) {
      if (typeof data !== "string" || data === "") continue;
      if (typeof id === "string" && id !== "") this.byCall.set(id, data);
      else this.others.push(data);
    }
  }

  /** Only the first of parallel calls has one. */
  ofCall({ id, signature }: CallPart): JsonObject {
    const known = signature ?? this.byCall.get(id) ?? (this.owed ? NO_SIGNATURE : null);
    this.owed = false;
    return known === null ? {} : { thoughtSignature: known };
  }

  /** Of the turn's text; the last one said stands for what came before it. */
  get ofText(): JsonObject {
    const last = this.others.at(-1);
    return last === undefined ? {} : { thoughtSignature: last };
  }
}

/** From where on the calls still belong to the answer that is being made: behind what the user said last. */
export function loopStart(turns: readonly Turn[]): number {
  return turns.findLastIndex(({ role, parts }) => role === "user" && parts.some(isNoResult)) + 1;
}

function isNoResult({ kind }: Part): boolean {
  return kind !== "result";
}
