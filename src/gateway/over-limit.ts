import { type Fault, fault } from "../core/faults.ts";
import type { StreamReader } from "../providers/contract.ts";
import type { Funded } from "./purse.ts";

type Progress = Pick<StreamReader, "content" | "doneEvent" | "finishReason">;

/** Text has fewer letters per token than this nearly everywhere, and no text of some length has more than the other. */
const USUAL_LETTERS = 6;
const MOST_LETTERS = 16;

/**
 * Tokens that a stream has delivered for certain. A provider that keeps its limit is never taken to have passed it: an
 * event may be less than a token where a proxy cuts text anew, and a token may be long. Letters and no bytes, because
 * a token of Hindi has as many as one of English, and three times its bytes.
 */
export function surelyDelivered({ content: { events, letters } }: Pick<Progress, "content">): number {
  const byEvents = Math.min(events, Math.floor(letters / USUAL_LETTERS));
  return Math.max(byEvents, Math.floor(letters / MOST_LETTERS));
}

/** The end of a stream whose provider ignores the limit it was told; null = it may go on. */
export function cutBy(progress: Progress, { outputTokens }: Funded): Fault | null {
  if (outputTokens === null || progress.finishReason !== null || progress.doneEvent !== null) return null;
  if (surelyDelivered(progress) <= outputTokens) return null;
  return fault("interrupted", `went on past ${outputTokens} tokens of output`, {
    error: {
      message: `The answer was cut at the ${outputTokens} tokens that the budget pays for; its provider goes on past them.`,
      type: "budget_error",
      param: null,
      code: "budget_exceeded",
    },
  });
}
