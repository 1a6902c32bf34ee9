/** Well-formed OpenAI answers for scripted upstreams. */

export interface ReplyUsage {
  prompt: number;
  completion: number;
}

export function completion(
  model: string,
  content: string,
  usage: ReplyUsage = { prompt: 10, completion: 5 },
) {
  return {
    id: "chatcmpl-test",
    object: "chat.completion",
    created: 1_700_000_000,
    model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content, refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: usageOf(usage),
  };
}

export function usageOf({ prompt, completion: completed }: ReplyUsage) {
  return { prompt_tokens: prompt, completion_tokens: completed, total_tokens: prompt + completed };
}

function event(model: string, choices: unknown[], rest: Record<string, unknown> = {}): string {
  const chunk = {
    id: "chatcmpl-test",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model,
    choices,
    ...rest,
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

export function deltaEvent(
  model: string,
  delta: Record<string, unknown>,
  finish: string | null = null,
): string {
  return event(model, [{ index: 0, delta, finish_reason: finish }], { usage: null });
}

export function usageEvent(model: string, usage: ReplyUsage): string {
  return event(model, [], { usage: usageOf(usage) });
}

export const DONE = "data: [DONE]\n\n";

/** Role, one event per word, finish, usage, `[DONE]`. */
export function streamEvents(
  model: string,
  words: readonly string[],
  usage: ReplyUsage = { prompt: 10, completion: 5 },
): string[] {
  return [
    deltaEvent(model, { role: "assistant", content: "", refusal: null }),
    ...words.map((content) => deltaEvent(model, { content })),
    deltaEvent(model, {}, "stop"),
    usageEvent(model, usage),
    DONE,
  ];
}
