import type { LogDetail } from "../../api-types.ts";

type Fields = Record<string, unknown>;

/** A chat that was sent before, as the playground's form shows it; all that the form has no field for stays. */
export interface Replay {
  system: string;
  prompt: string;
  temperature: string;
  maxTokens: string;
  body: Fields;
}

/** The request as it was sent, where all of it is kept; else null. */
export function wholeRequest({ bodies }: Pick<LogDetail, "bodies">): string | null {
  return bodies && !bodies.request_truncated && !bodies.request_redacted ? bodies.request : null;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Null = there is nothing that could be asked again. */
export function replayOf(text: string): Replay | null {
  const body = parsed(text);
  if (!body || !Array.isArray(body.messages)) return null;
  const prompt = body.messages.findLast((it) => isFields(it) && it.role === "user");
  const shown = promptOf(prompt);
  if (shown === null) return null;
  const numberOf = (value: unknown) => (typeof value === "number" ? String(value) : "");
  return {
    body,
    prompt: shown,
    system: systemOf(body.messages)?.content ?? "",
    temperature: numberOf(body.temperature),
    maxTokens: numberOf(body.max_completion_tokens ?? body.max_tokens),
  };
}

/** The body again, with what the form says now. */
export function bodyAgain({ body }: Replay, said: Pick<Replay, "system" | "prompt">): Fields {
  const messages = [...(body.messages as unknown[])];
  const place = messages.findLastIndex((it) => isFields(it) && it.role === "user");
  messages[place] = withPrompt(messages[place] as Fields, said.prompt);
  const system = systemOf(messages);
  const isSystem = said.system.trim() !== "";
  if (system && isSystem) messages[messages.indexOf(system)] = { ...system, content: said.system };
  else if (system) messages.splice(messages.indexOf(system), 1);
  else if (isSystem) messages.unshift({ role: "system", content: said.system });
  const { models: _, max_tokens: __, max_completion_tokens: ___, temperature: ____, ...rest } = body;
  return { ...rest, messages };
}

/** By the name that the body uses for it. */
export function limitNameOf({ body }: Replay): "max_tokens" | "max_completion_tokens" {
  return typeof body.max_completion_tokens === "number" ? "max_completion_tokens" : "max_tokens";
}

/** In words, what goes along that the form does not show. */
export function alongWith({ body }: Replay): string {
  const { messages, model: _, stream: __, stream_options: ___, temperature: ____, ...rest } = body;
  const others = (messages as unknown[]).length - 1 - (systemOf(messages as unknown[]) ? 1 : 0);
  const fields = Object.keys(rest).filter((it) => !/^(?:models|max_(?:completion_)?tokens)$/.test(it));
  const said = [
    ...(others > 0 ? [`${others} more ${others === 1 ? "message" : "messages"}`] : []),
    ...fields,
  ];
  return said.join(", ");
}

function parsed(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function systemOf(messages: unknown[]): (Fields & { content: string }) | null {
  const first = messages[0];
  return isFields(first) && first.role === "system" && typeof first.content === "string"
    ? (first as Fields & { content: string })
    : null;
}

function textPart(message: Fields): (Fields & { text: string }) | null {
  const parts = Array.isArray(message.content) ? message.content : [];
  const texts = parts.filter((it) => isFields(it) && typeof it.text === "string");
  return texts.length === 1 ? texts[0] : null;
}

function promptOf(message: unknown): string | null {
  if (!isFields(message)) return null;
  return typeof message.content === "string" ? message.content : (textPart(message)?.text ?? null);
}

function withPrompt(message: Fields, prompt: string): Fields {
  const part = textPart(message);
  if (!part || !Array.isArray(message.content)) return { ...message, content: prompt };
  return { ...message, content: message.content.map((it) => (it === part ? { ...part, text: prompt } : it)) };
}
