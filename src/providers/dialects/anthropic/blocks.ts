import type { JsonObject } from "../../../core/json.ts";
import type { Unsupported } from "../../contract.ts";
import type {
  FilePart,
  ImagePart,
  Part,
  ReasoningDetail,
  ResultPart,
  Source,
  TextPart,
} from "../../translate/parts.ts";
import type { CacheMarks } from "./cache-marks.ts";
import type { ToolIds } from "./tool-ids.ts";

/** Whose reasoning details are Claude's own: OpenRouter's word. */
export const REASONING_FORMAT = "anthropic-claude-v1";

/** What the blocks of one request share. */
export interface Writing {
  ids: ToolIds;
  marks: CacheMarks;
}

/** The blocks of one part: none for blank text, which the API refuses, and for reasoning of other vendors. */
export function blocksOf(part: Part, writing: Writing): JsonObject[] | Unsupported {
  const { ids, marks } = writing;
  switch (part.kind) {
    case "text":
      return textBlocks(part, marks);
    case "image":
      return marked(imageBlock(part.source), part, writing, "Claude takes images as JPEG, PNG, GIF or WebP.");
    case "file":
      return marked(fileBlock(part), part, writing, "Claude takes files as PDF, text or image.");
    case "audio":
      return { unsupported: part.path, why: "Claude takes no audio." };
    case "call":
      return [{ type: "tool_use", id: ids.ofCall(part.id), name: part.name, input: part.input }];
    case "result":
      return resultBlock(part, writing);
    case "reasoning":
      return part.details.flatMap(thinkingBlock);
  }
}

export function textBlocks({ text, cache }: TextPart, marks: CacheMarks): JsonObject[] {
  return text.trim() === "" ? [] : [marks.mark({ type: "text", text }, cache)];
}

function marked(
  block: JsonObject | null,
  { path, cache }: ImagePart | FilePart,
  { marks }: Writing,
  why: string,
): JsonObject[] | Unsupported {
  return block ? [marks.mark(block, cache)] : { unsupported: path, why };
}

const IMAGES = ["image/jpeg", "image/png", "image/gif", "image/webp"];

function imageBlock(source: Source): JsonObject | null {
  if (source.kind === "url") return { type: "image", source: { type: "url", url: source.url } };
  if (source.kind === "id") return null;
  const mediaType = source.mediaType === "image/jpg" ? "image/jpeg" : source.mediaType;
  if (!IMAGES.includes(mediaType)) return null;
  return { type: "image", source: { type: "base64", media_type: mediaType, data: source.base64 } };
}

const TEXTS = /^text\/|^application\/(json|xml|yaml|x-yaml|javascript|x-ndjson)$|\+(json|xml)$/;

/** A URL is taken for a PDF's: others are fetched first, see `urlsToFetch`. */
function fileBlock({ source, name }: FilePart): JsonObject | null {
  if (source.kind === "data" && source.mediaType.startsWith("image/")) return imageBlock(source);
  const document = documentSource(source);
  return document && { type: "document", source: document, ...titleOf(name) };
}

const MOST_TITLE_CHARACTERS = 500;

/** An empty title is refused. */
function titleOf(name: string | null): JsonObject {
  return name === null || name.trim() === "" ? {} : { title: name.slice(0, MOST_TITLE_CHARACTERS) };
}

function documentSource(source: Source): JsonObject | null {
  switch (source.kind) {
    case "url":
      return { type: "url", url: source.url };
    case "id":
      // OpenAI's ids begin so; Anthropic's with `file_`.
      return source.id.startsWith("file-") ? null : { type: "file", file_id: source.id };
    case "data": {
      const { mediaType, base64 } = source;
      if (mediaType === "application/pdf") return { type: "base64", media_type: mediaType, data: base64 };
      if (!TEXTS.test(mediaType)) return null;
      return { type: "text", media_type: "text/plain", data: Buffer.from(base64, "base64").toString("utf8") };
    }
  }
}

/** The mark of a result stands on the result itself, not on what is in it. */
function resultBlock(
  { callId, parts, isError, cache }: ResultPart,
  { ids, marks }: Writing,
): JsonObject[] | Unsupported {
  const block: JsonObject = { type: "tool_result", tool_use_id: ids.ofResult(callId) };
  const content: JsonObject[] = [];
  for (const part of parts) {
    const inner = blocksOf({ ...part, cache: null }, { ids, marks });
    if ("unsupported" in inner) return inner;
    content.push(...inner);
  }
  if (content.length > 0) block.content = content;
  if (isError) block.is_error = true;
  return [marks.mark(block, cache)];
}

/**
 * Byte for byte what Claude said: the API refuses a thinking block that was changed, or that has no signature. Blocks
 * that stood between texts come back before them, as OpenAI's message has one place for each; whether the API minds is
 * unconfirmed.
 */
function thinkingBlock({ type, format, text, signature, data }: ReasoningDetail): JsonObject[] {
  if (format !== REASONING_FORMAT) return [];
  if (type === "reasoning.encrypted")
    return typeof data === "string" ? [{ type: "redacted_thinking", data }] : [];
  if (type !== "reasoning.text" || typeof signature !== "string" || signature === "") return [];
  return [{ type: "thinking", thinking: typeof text === "string" ? text : "", signature }];
}
