import type { OpenAI } from "openai";

/** The model goes on counting, so that its words can be told from an echo or a canned answer. */
export const COUNTING = [{ role: "user" as const, content: "One, two, three, four," }];
export const COUNTED = "five, six, seven";

export const WEATHER_TOOL = {
  type: "function" as const,
  function: {
    name: "get_weather",
    description: "Weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

/** Two calls as the model is to make them, and the question for a third: so small a model needs to be shown. */
export const ASKING_FOR_A_CALL = [
  { role: "user" as const, content: [shown("Rome"), shown("Oslo"), "Weather in Paris?\n"].join("\n") },
];

function shown(city: string): string {
  const call = JSON.stringify({ name: "get_weather", arguments: { city } });
  return `Weather in ${city}?\n<tool_call>\n${call}\n</tool_call>`;
}

/** A stream taken together as a client would. */
export interface Gathered {
  text: string;
  /** Chunks that held text. */
  pieces: number;
  finishReasons: string[];
  /** In order of their index, which has no gaps. */
  calls: { id: string; name: string; arguments: string }[];
  usages: OpenAI.CompletionUsage[];
  /** Whether the chunk that told usage was the last. */
  isUsageLast: boolean;
  firstMs: number;
  totalMs: number;
}

export async function gather(
  stream: AsyncIterable<OpenAI.ChatCompletionChunk>,
  beganMs: number,
): Promise<Gathered> {
  const all: Gathered = {
    text: "",
    pieces: 0,
    finishReasons: [],
    calls: [],
    usages: [],
    isUsageLast: false,
    firstMs: 0,
    totalMs: 0,
  };
  for await (const chunk of stream) {
    all.isUsageLast = Boolean(chunk.usage);
    if (chunk.usage) all.usages.push(chunk.usage);
    for (const { delta, finish_reason: reason } of chunk.choices) addDelta(all, delta, beganMs, reason);
  }
  all.totalMs = performance.now() - beganMs;
  return all;
}

function addDelta(
  all: Gathered,
  delta: OpenAI.ChatCompletionChunk.Choice.Delta,
  beganMs: number,
  reason: OpenAI.ChatCompletionChunk.Choice["finish_reason"],
): void {
  if (reason) all.finishReasons.push(reason);
  if (delta.content) {
    all.firstMs ||= performance.now() - beganMs;
    all.pieces++;
    all.text += delta.content;
  }
  for (const { index, id, function: told } of delta.tool_calls ?? []) {
    if (index === all.calls.length) all.calls.push({ id: id ?? "", name: told?.name ?? "", arguments: "" });
    const call = all.calls[index];
    if (!call) throw new Error(`a call at index ${index} behind ${all.calls.length} calls`);
    call.arguments += told?.arguments ?? "";
  }
}
