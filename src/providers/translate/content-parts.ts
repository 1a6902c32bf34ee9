import { isObject, type JsonObject } from "../../core/json.ts";
import type { Attachment, Unsupported } from "../contract.ts";
import type { CacheMark, Part, Source } from "./parts.ts";

/** A message's content as parts; empty texts are left out. */
export function readContent(
  content: unknown,
  path: string,
  attachments: ReadonlyMap<string, Attachment>,
): Part[] | Unsupported {
  if (typeof content === "string")
    return content === "" ? [] : [{ kind: "text", text: content, cache: null }];
  if (!Array.isArray(content)) return [];
  const parts: Part[] = [];
  for (let i = 0; i < content.length; i++) {
    const raw: unknown = content[i];
    const at = `${path}[${i}]`;
    if (!isObject(raw)) return unsupported(at);
    const part = readPart(raw, at, attachments);
    if (part === null) continue;
    if ("unsupported" in part) return part;
    parts.push(part);
  }
  return parts;
}

function readPart(
  raw: JsonObject,
  path: string,
  attachments: ReadonlyMap<string, Attachment>,
): Part | Unsupported | null {
  const cache = readCacheMark(raw);
  switch (raw.type) {
    case "text":
      return typeof raw.text === "string" && raw.text !== "" ? { kind: "text", text: raw.text, cache } : null;
    case "refusal":
      return typeof raw.refusal === "string" && raw.refusal !== ""
        ? { kind: "text", text: raw.refusal, cache }
        : null;
    case "image_url": {
      const url = imageUrlOf(raw);
      if (url === null) return unsupported(path);
      const fetched = attachments.get(url);
      // What is an image is known once it was fetched, and a budget held for one.
      if (fetched && !fetched.mediaType.startsWith("image/")) return unsupported(path);
      return { kind: "image", source: sourceOf(url, attachments), path, cache };
    }
    case "file":
      return readFile(raw, path, attachments, cache);
    case "input_audio": {
      const audio = raw.input_audio;
      if (!isObject(audio) || typeof audio.data !== "string") return unsupported(path);
      const format = typeof audio.format === "string" ? audio.format : "wav";
      return { kind: "audio", format, base64: audio.data, path, cache };
    }
    default:
      return unsupported(path);
  }
}

function readFile(
  raw: JsonObject,
  path: string,
  attachments: ReadonlyMap<string, Attachment>,
  cache: CacheMark | null,
): Part | Unsupported {
  const file = isObject(raw.file) ? raw.file : {};
  const name = typeof file.filename === "string" ? file.filename : null;
  if (typeof file.file_id === "string")
    return { kind: "file", source: { kind: "id", id: file.file_id }, name, path, cache };
  if (typeof file.file_data !== "string") return unsupported(path);
  const isAddress = /^(data:|[a-z][a-z0-9+.-]*:\/\/)/i.test(file.file_data);
  const source: Source = isAddress
    ? sourceOf(file.file_data, attachments)
    : { kind: "data", mediaType: "application/pdf", base64: file.file_data };
  return { kind: "file", source, name, path, cache };
}

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*),/i;

/** A `data:` URL taken apart, a fetched URL's content, or the URL itself. */
function sourceOf(url: string, attachments: ReadonlyMap<string, Attachment>): Source {
  const head = DATA_URL.exec(url.slice(0, 200));
  if (head) {
    const rest = url.slice(head[0].length);
    const isBase64 = /;base64$/i.test(head[2] ?? "");
    return {
      kind: "data",
      mediaType: head[1] === "" ? "application/octet-stream" : (head[1] ?? "").toLowerCase(),
      base64: isBase64 ? rest : Buffer.from(unescaped(rest)).toString("base64"),
    };
  }
  const fetched = attachments.get(url);
  return fetched ? { kind: "data", ...fetched } : { kind: "url", url };
}

/** As it stands where it is escaped wrongly. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** OpenAI's `{url}`, or the bare string that some clients send. */
function imageUrlOf(raw: JsonObject): string | null {
  const image = isObject(raw.image_url) ? raw.image_url.url : raw.image_url;
  return typeof image === "string" && image !== "" ? image : null;
}

/** Anthropic's `cache_control`, which OpenRouter's clients send too, or OpenAI's explicit breakpoint. */
export function readCacheMark(raw: JsonObject): CacheMark | null {
  const { cache_control: mark, prompt_cache_breakpoint: breakpoint } = raw;
  if (isObject(mark)) return { ttl: typeof mark.ttl === "string" ? mark.ttl : null, field: "cache_control" };
  return isObject(breakpoint) ? { ttl: null, field: "prompt_cache_breakpoint" } : null;
}

function unsupported(path: string): Unsupported {
  return { unsupported: path, why: "This kind of content cannot go to this provider." };
}

/**
 * Every http(s) URL of images, and of files unless only images are wanted, each once, in order: what a provider that
 * fetches nothing needs fetched.
 */
export function urlsIn(messages: unknown, kinds: "all" | "images" = "all"): string[] {
  const urls = new Set<string>();
  for (const message of Array.isArray(messages) ? messages : []) {
    const content: unknown = isObject(message) ? message.content : undefined;
    for (const raw of Array.isArray(content) ? content : []) {
      if (!isObject(raw)) continue;
      const file = kinds === "all" && isObject(raw.file) ? raw.file.file_data : null;
      const url = raw.type === "image_url" ? imageUrlOf(raw) : file;
      if (typeof url === "string" && /^https?:\/\//i.test(url)) urls.add(url);
    }
  }
  return [...urls];
}
