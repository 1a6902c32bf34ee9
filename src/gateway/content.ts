import type { Capability } from "../core/deployment.ts";
import { type ApiError, invalidField as invalid } from "../core/errors.ts";
import { isObject, type JsonObject } from "../core/json.ts";

const ROLES = new Set(["developer", "system", "user", "assistant", "tool", "function"]);
/** What an image costs in context, roughly; providers differ between 85 and 2,000. */
const IMAGE_TOKENS = 800;
const BYTES_PER_TOKEN = 4;
const TOKENS_PER_MESSAGE = 4;

export interface Content {
  needs: Capability[];
  /** Estimate from UTF-8 bytes; good within some 30 % for prose in any script. */
  promptTokens: number;
}

interface Tally {
  bytes: number;
  images: number;
  needs: Set<Capability>;
}

/** Checks `messages` and learns what they need of a model and about how long they are. */
export function readContent(body: Readonly<JsonObject>): Content | ApiError {
  const { messages } = body;
  if (messages === undefined || messages === null) return invalid("messages", "`messages` is required.");
  if (!Array.isArray(messages)) return invalid("messages", "`messages` must be an array.");
  if (messages.length === 0) return invalid("messages", "`messages` must not be empty.");
  const tally: Tally = { bytes: 0, images: 0, needs: new Set() };
  for (let i = 0; i < messages.length; i++) {
    const problem = readMessage(messages[i], `messages[${i}]`, tally);
    if (problem) return problem;
  }
  if (Array.isArray(body.tools) && body.tools.length > 0) {
    tally.needs.add("tools");
    tally.bytes += JSON.stringify(body.tools).length;
  }
  if (isObject(body.response_format) && body.response_format.type === "json_schema")
    tally.needs.add("json_schema");
  return {
    needs: [...tally.needs],
    promptTokens:
      Math.ceil(tally.bytes / BYTES_PER_TOKEN) +
      tally.images * IMAGE_TOKENS +
      messages.length * TOKENS_PER_MESSAGE,
  };
}

function readMessage(message: unknown, path: string, tally: Tally): ApiError | null {
  if (!isObject(message)) return invalid(path, `\`${path}\` must be an object.`);
  const { role, content } = message;
  if (typeof role !== "string") return invalid(`${path}.role`, `\`${path}.role\` must be a string.`);
  if (!ROLES.has(role))
    return invalid(`${path}.role`, `\`${path}.role\` must be one of ${[...ROLES].join(", ")}.`);
  if (message.tool_calls !== undefined && message.tool_calls !== null && !Array.isArray(message.tool_calls)) {
    return invalid(`${path}.tool_calls`, `\`${path}.tool_calls\` must be an array.`);
  }
  if (Array.isArray(message.tool_calls)) tally.bytes += JSON.stringify(message.tool_calls).length;
  if (typeof content === "string") {
    tally.bytes += Buffer.byteLength(content);
    return null;
  }
  if (content === undefined || content === null) {
    return role === "assistant" || role === "function"
      ? null
      : invalid(`${path}.content`, `\`${path}.content\` is required.`);
  }
  if (!Array.isArray(content))
    return invalid(`${path}.content`, `\`${path}.content\` must be a string or an array of parts.`);
  for (let i = 0; i < content.length; i++) {
    const problem = readPart(content[i], `${path}.content[${i}]`, tally);
    if (problem) return problem;
  }
  return null;
}

function readPart(part: unknown, path: string, tally: Tally): ApiError | null {
  if (!isObject(part)) return invalid(path, `\`${path}\` must be an object.`);
  if (typeof part.type !== "string") return invalid(`${path}.type`, `\`${path}.type\` must be a string.`);
  if (part.type === "text" && typeof part.text !== "string") {
    return invalid(`${path}.text`, `\`${path}.text\` must be a string.`);
  }
  if (typeof part.text === "string") tally.bytes += Buffer.byteLength(part.text);
  if (part.type === "image_url") {
    tally.images += 1;
    tally.needs.add("vision");
  }
  if (part.type === "input_audio") tally.needs.add("audio");
  if (part.type === "file") tally.needs.add("pdf");
  return null;
}
