import type { JsonObject } from "../../../core/json.ts";
import type { Attachment, Unsupported } from "../../contract.ts";
import { type Message, readMessages } from "../../translate/conversation.ts";
import type { CallPart, ImagePart, Part, ReasoningPart, ResultPart } from "../../translate/parts.ts";

interface OllamaCall {
  id?: string;
  function: { index: number; name: string; arguments: JsonObject };
}

interface OllamaMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
  /** Base64, without a media type. */
  images?: string[];
  thinking?: string;
  tool_calls?: OllamaCall[];
  tool_name?: string;
  tool_call_id?: string;
}

/**
 * Ollama's `messages`: text and images apart, arguments as objects, results with their tool's name. Every message
 * stays where it stood, instructions too: templates take them anywhere. Ids are understood since 0.12.10 and ignored
 * before (https://github.com/ollama/ollama/pull/12956). Never empty: without messages Ollama only loads the model.
 */
export function ollamaMessages(
  messages: unknown,
  attachments: ReadonlyMap<string, Attachment>,
): OllamaMessage[] | Unsupported {
  const read = readMessages(messages, attachments);
  if ("unsupported" in read) return read;
  const written: OllamaMessage[] = [];
  for (const message of read) {
    const said = writeMessage(message);
    if ("unsupported" in said) return said;
    written.push(said);
  }
  return written.length > 0 ? written : [{ role: "user", content: "" }];
}

function writeMessage({ role, parts }: Message): OllamaMessage | Unsupported {
  const result = parts.find((part): part is ResultPart => part.kind === "result");
  if (result) return writeResult(result);
  const told = writeParts(parts);
  if ("unsupported" in told) return told;
  const calls = parts.filter((part): part is CallPart => part.kind === "call");
  const thinking = thinkingOf(parts);
  return {
    role,
    ...told,
    ...(thinking === "" ? {} : { thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(writeCall) }),
  };
}

function writeCall({ id, name, input }: CallPart, index: number): OllamaCall {
  return { ...(id === "" ? {} : { id }), function: { index, name, arguments: input } };
}

/** Images go with the result; that every model's template shows them there is not confirmed. */
function writeResult({ name, callId, parts }: ResultPart): OllamaMessage | Unsupported {
  const told = writeParts(parts);
  if ("unsupported" in told) return told;
  return {
    role: "tool",
    ...told,
    ...(name === null ? {} : { tool_name: name }),
    ...(callId === "" ? {} : { tool_call_id: callId }),
  };
}

/** Texts are lines of one: Ollama has no parts. */
function writeParts(parts: readonly Part[]): Pick<OllamaMessage, "content" | "images"> | Unsupported {
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of parts) {
    if (part.kind === "text") texts.push(part.text);
    else if (part.kind === "image") {
      const base64 = imageOf(part);
      if (typeof base64 !== "string") return base64;
      images.push(base64);
    } else if (part.kind === "file" || part.kind === "audio")
      return { unsupported: part.path, why: "Ollama takes text and images only." };
  }
  const content = texts.join("\n");
  return images.length === 0 ? { content } : { content, images };
}

function imageOf({ source, path }: ImagePart): string | Unsupported {
  return source.kind === "data"
    ? source.base64
    : { unsupported: path, why: "Ollama takes images only as data, not by URL or id." };
}

/** Reasoning without a signature is readable text, which models want back within a tool loop; a signed one is another's. */
function thinkingOf(parts: readonly Part[]): string {
  return parts
    .filter((part): part is ReasoningPart => part.kind === "reasoning")
    .flatMap(({ details }) => details)
    .map(({ type, text, signature, format = "unknown" }) =>
      type === "reasoning.text" && !signature && format === "unknown" && typeof text === "string" ? text : "",
    )
    .join("");
}
