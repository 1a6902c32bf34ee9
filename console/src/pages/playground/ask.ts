import { EventSourceParserStream } from "eventsource-parser/stream";
import { send } from "../../api.ts";
import { bodyAgain, limitNameOf, type Replay } from "./replay.ts";

export interface Question {
  model: string;
  system: string;
  prompt: string;
  /** Null = the model's own. */
  temperature: number | null;
  maxTokens: number | null;
  /** What is asked again; null = only what is said here is asked. */
  replay: Replay | null;
}

/** What the gateway said about the answer before it began. */
export interface Told {
  requestId: string | null;
  model: string | null;
  provider: string | null;
  reason: string | null;
  attempts: string | null;
  candidates: string | null;
  isFallback: boolean;
}

export interface Listener {
  onTold: (told: Told) => void;
  onText: (text: string) => void;
}

interface Chunk {
  choices?: { delta?: { content?: string | null } }[];
  error?: { message?: string };
}

export function bodyOf({ model, system, prompt, temperature, maxTokens, replay }: Question): object {
  const { model: _, ...said } = replay ? bodyAgain(replay, { system, prompt }) : newBody({ system, prompt });
  const limit = replay ? limitNameOf(replay) : "max_tokens";
  return {
    ...said,
    ...(model === "" ? {} : { model }),
    ...(temperature === null ? {} : { temperature }),
    ...(maxTokens === null ? {} : { [limit]: maxTokens }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

function newBody({ system, prompt }: Pick<Question, "system" | "prompt">): Record<string, unknown> {
  const messages = [
    ...(system.trim() === "" ? [] : [{ role: "system", content: system }]),
    { role: "user", content: prompt },
  ];
  return { messages };
}

function toldBy(headers: Headers): Told {
  const of = (name: string) => headers.get(`x-nyuro-${name}`);
  return {
    requestId: headers.get("x-request-id"),
    ...{ model: of("model"), provider: of("provider"), reason: of("route-reason") },
    ...{ attempts: of("attempts"), candidates: of("candidates") },
    isFallback: of("fallback-used") === "true",
  };
}

/** Asks and tells as it comes. Ends when the answer has; throws where it is refused or breaks off. */
export async function ask(
  question: Question,
  { onTold, onText }: Listener,
  signal: AbortSignal,
): Promise<void> {
  const response = await send("POST", "/v1/chat/completions", { body: bodyOf(question), signal });
  onTold(toldBy(response.headers));
  const events = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  const reader = events?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    if (read.value.data === "[DONE]") return;
    const chunk: Chunk = JSON.parse(read.value.data);
    if (chunk.error) throw new Error(chunk.error.message ?? "The answer broke off.");
    const text = chunk.choices?.[0]?.delta?.content;
    if (text) onText(text);
  }
  throw new Error("The answer broke off.");
}
