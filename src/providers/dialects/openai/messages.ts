import { isObject, type JsonObject } from "../../../core/json.ts";
import type { Attachment, Quirks } from "../../contract.ts";
import { replayed, withReasoning } from "./replay.ts";
import { note, type PassedTo, type Written } from "./request-fields.ts";
import { fittingId } from "./tool-call-ids.ts";

/**
 * The messages as the target takes them. Nothing of the request is changed: messages that need no change are the
 * caller's own objects, others are copies, and without any the list itself is returned.
 */
export function messagesFor(messages: unknown, target: PassedTo, written: Written): unknown {
  if (!Array.isArray(messages)) return messages;
  const { quirks } = target;
  const needsReasoning = quirks.needsReasoning === true && messages.some(hasToolCalls);
  let copy: unknown[] | null = null;
  for (let i = 0; i < messages.length; i++) {
    const message: unknown = messages[i];
    if (!isObject(message)) continue;
    let right = message;
    if (right.role === "assistant") {
      right = replayed(right, quirks.replay, written);
      if (needsReasoning) right = withReasoning(right, written);
    }
    if (quirks.roles) right = withRole(right, quirks.roles);
    if (quirks.messageFields) right = withKnownFields(right, quirks, written);
    if (quirks.toolCallIds) right = withFittingIds(right, quirks.toolCallIds);
    if (quirks.inlineImages) right = withInlineImages(right, target.attachments);
    if (right === message) continue;
    copy ??= messages.slice();
    copy[i] = right;
  }
  return copy ?? messages;
}

function hasToolCalls(message: unknown): boolean {
  return isObject(message) && Array.isArray(message.tool_calls) && message.tool_calls.length > 0;
}

function withRole(message: JsonObject, roles: Readonly<Record<string, string>>): JsonObject {
  const { role } = message;
  if (typeof role !== "string" || !Object.hasOwn(roles, role)) return message;
  return { ...message, role: roles[role] };
}

/** A refusal is what the assistant said: where there is no field for it, it is the content. */
function withKnownFields(message: JsonObject, quirks: Quirks, written: Written): JsonObject {
  const isKnown = (field: string) =>
    quirks.messageFields?.includes(field) || quirks.replay?.some((replay) => replay === field);
  const unknown = Object.keys(message).filter((field) => !isKnown(field));
  if (unknown.length === 0) return message;
  const right: JsonObject = { ...message };
  for (const field of unknown) {
    const value = right[field];
    delete right[field];
    const isAll = (right.content ?? "") === "" && !hasToolCalls(right);
    if (field === "refusal" && typeof value === "string" && isAll) right.content = value;
    else if (!isNothing(value)) note(written.dropped, `messages[].${field}`);
  }
  return right;
}

/** What SDKs write where there was nothing to write. */
function isNothing(value: unknown): boolean {
  return (
    value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)
  );
}

function withFittingIds(message: JsonObject, shape: NonNullable<Quirks["toolCallIds"]>): JsonObject {
  let right = message;
  if (typeof message.tool_call_id === "string") {
    const id = fittingId(message.tool_call_id, shape);
    if (id !== message.tool_call_id) right = { ...right, tool_call_id: id };
  }
  if (!Array.isArray(message.tool_calls)) return right;
  const calls = mapObjects(message.tool_calls, (call) => {
    const id = typeof call.id === "string" ? fittingId(call.id, shape) : call.id;
    return id === call.id ? call : { ...call, id };
  });
  return calls === message.tool_calls ? right : { ...right, tool_calls: calls };
}

function withInlineImages(message: JsonObject, attachments: ReadonlyMap<string, Attachment>): JsonObject {
  if (!Array.isArray(message.content)) return message;
  const content = mapObjects(message.content, (part) => withInlineImage(part, attachments));
  return content === message.content ? message : { ...message, content };
}

function withInlineImage(part: JsonObject, attachments: ReadonlyMap<string, Attachment>): JsonObject {
  const image = imageOf(part);
  const found = image === null ? undefined : attachments.get(image.url);
  if (!image || !found) return part;
  const url = `data:${found.mediaType};base64,${found.base64}`;
  return { ...part, image_url: { ...image.told, url } };
}

/** OpenAI's `{url}`, or the bare string that some clients send. */
function imageOf(part: JsonObject): { url: string; told: JsonObject } | null {
  if (part.type !== "image_url") return null;
  const told: JsonObject = isObject(part.image_url) ? part.image_url : { url: part.image_url };
  return typeof told.url === "string" ? { url: told.url, told } : null;
}

/** The same list where every object of it stays as it is, else a copy. */
function mapObjects(list: unknown[], change: (item: JsonObject) => JsonObject): unknown[] {
  let copy: unknown[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const item: unknown = list[i];
    if (!isObject(item)) continue;
    const right = change(item);
    if (right === item) continue;
    copy ??= list.slice();
    copy[i] = right;
  }
  return copy ?? list;
}

/** Every http(s) URL of an image, each once, in order. */
export function imageUrls(messages: unknown): string[] {
  const urls = new Set<string>();
  for (const message of Array.isArray(messages) ? messages : []) {
    const content: unknown = isObject(message) ? message.content : undefined;
    for (const part of Array.isArray(content) ? content : []) {
      const url = isObject(part) ? imageOf(part)?.url : undefined;
      if (url !== undefined && /^https?:\/\//i.test(url)) urls.add(url);
    }
  }
  return [...urls];
}
