import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseJsonExactly, tokenCount } from "../../../core/json.ts";
import { NO_USAGE, type Usage } from "../../../core/usage.ts";
import type { Decoded, DecodeOptions } from "../../contract.ts";
import { type AnsweredCall, completionOf, type FinishReason, NO_ANSWER } from "../../translate/completion.ts";
import { toldFault } from "./faults.ts";

/** A whole answer of `POST /api/chat`. */
export function decodeChat(text: string, options: DecodeOptions): Decoded | Fault {
  const reply = parseJsonExactly(text);
  if (!isObject(reply)) return notAnAnswer(text);
  if (reply.error) return toldFault(reply.error);
  const { message } = reply;
  if (!isObject(message)) return notAnAnswer(text);
  if (reply.done !== true) return fault("interrupted", "an answer that says it is not done");
  const answer = {
    ...NO_ANSWER,
    text: textOf(message.content),
    reasoning: textOf(message.thinking),
    calls: callsOf(message),
    logprobs: logprobsOf(reply.logprobs),
    finish: finishOf(reply),
    rawFinish: rawFinishOf(reply),
  };
  return completionOf(
    { id: null, answers: [answer], usage: usageOf(reply), createdS: createdSOf(reply) },
    options,
  );
}

export function notAnAnswer(text: string): Fault {
  return fault(
    "malformed",
    text.trim() === "" ? "an empty body" : `no answer in a body of ${text.length} characters`,
  );
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Arguments are an object; cloud models have sent their text. Ids come since 0.12.10. */
export function callsOf({ tool_calls }: JsonObject): AnsweredCall[] {
  if (!Array.isArray(tool_calls)) return [];
  return tool_calls.flatMap((call: unknown) => {
    const called = isObject(call) ? call.function : undefined;
    if (!isObject(call) || !isObject(called) || typeof called.name !== "string") return [];
    const { name, arguments: input } = called;
    const id = typeof call.id === "string" && call.id !== "" ? call.id : null;
    return [{ id, name, arguments: typeof input === "string" ? input : JSON.stringify(input ?? {}) }];
  });
}

/** `load` and `unload` are no answers but not failures either; old servers give no reason with `done`. */
export function finishOf({ done_reason }: JsonObject): FinishReason {
  return done_reason === "length" ? "length" : "stop";
}

export function rawFinishOf({ done_reason }: JsonObject): string | null {
  return typeof done_reason === "string" && done_reason !== "" ? done_reason : null;
}

/**
 * Both counts are left out when they are 0 (`omitempty`). An answer can be empty, a prompt cannot: without its count
 * the usage was not told. Ollama counts thinking with the answer, and cached prompt tokens with the prompt.
 */
export function usageOf({ prompt_eval_count, eval_count }: JsonObject): Usage | null {
  const input = tokenCount(prompt_eval_count);
  return input === null || input === 0 ? null : { ...NO_USAGE, input, output: tokenCount(eval_count) ?? 0 };
}

/** Unix seconds of `created_at`; null where it says nothing usable. */
export function createdSOf({ created_at }: JsonObject): number | null {
  const ms = typeof created_at === "string" ? Date.parse(created_at) : Number.NaN;
  return Number.isFinite(ms) && ms > 0 ? Math.floor(ms / 1000) : null;
}

/** OpenAI's shape has the alternatives of a token always, and its bytes or null. */
export function logprobsOf(logprobs: unknown): JsonObject | null {
  if (!Array.isArray(logprobs) || logprobs.length === 0) return null;
  const content = logprobs.filter(isObject).map((token) => ({
    ...tokenOf(token),
    top_logprobs: Array.isArray(token.top_logprobs) ? token.top_logprobs.filter(isObject).map(tokenOf) : [],
  }));
  return { content, refusal: null };
}

function tokenOf({ token, logprob, bytes }: JsonObject): JsonObject {
  return { token, logprob, bytes: bytes ?? null };
}
