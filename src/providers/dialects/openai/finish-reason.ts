/** OpenAI's words for why an answer ended. */
const OPENAI = new Set(["stop", "length", "tool_calls", "content_filter", "function_call"]);

/** What other servers say instead, in lower case. What is neither here nor above means that the answer is whole. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["length_limit", "length"],
  ["max_length", "length"],
  ["max_tokens", "length"],
  ["max_output_tokens", "length"],
  ["model_length", "length"],
  ["model_context_window_exceeded", "length"],
  // DeepSeek was short of resources and cut the answer: https://api-docs.deepseek.com/api/create-chat-completion
  ["insufficient_system_resource", "length"],
  ["tool_call", "tool_calls"],
  ["tool_use", "tool_calls"],
  ["content_filtered", "content_filter"],
  ["blocklist", "content_filter"],
  ["prohibited_content", "content_filter"],
  ["recitation", "content_filter"],
  ["refusal", "content_filter"],
  ["safety", "content_filter"],
  ["sensitive", "content_filter"],
  ["spii", "content_filter"],
]);

/** Z.ai says `network_error` where its inference broke off: https://docs.z.ai/api-reference/llm/chat-completion */
const FAILURES = new Set(["error", "network_error"]);

/** True where the answer broke off and nothing of it is worth keeping. */
export function isFailure(raw: unknown): boolean {
  return typeof raw === "string" && FAILURES.has(raw);
}

/** The same in OpenAI's words. Many servers say `stop` where the answer is a tool call. */
export function finishReasonOf(raw: string, hasToolCalls: boolean): string {
  const word = OPENAI.has(raw) ? raw : raw.toLowerCase();
  const unified = OPENAI.has(word) ? word : (ELSEWHERE.get(word) ?? "stop");
  return unified === "stop" && hasToolCalls ? "tool_calls" : unified;
}
