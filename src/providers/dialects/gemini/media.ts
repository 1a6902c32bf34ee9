import type { JsonObject } from "../../../core/json.ts";
import type { Unsupported } from "../../contract.ts";
import { urlsIn } from "../../translate/content-parts.ts";
import type { AudioPart, FilePart, ImagePart } from "../../translate/parts.ts";

export type MediaPart =
  | { inlineData: { mimeType: string; data: string } }
  | { fileData: { mimeType?: string; fileUri: string } };

/** Other kinds are refused with the whole request: https://ai.google.dev/gemini-api/docs/file-input-methods */
const TAKEN =
  /^(image\/(png|jpeg|webp|heic|heif)|audio\/[\w.+-]+|video\/[\w.+-]+|text\/[\w.+-]+|application\/(pdf|json|rtf|x-javascript|javascript|x-python|xml))$/;

const BY_EXTENSION: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  heic: "image/heic",
  heif: "image/heif",
  mp3: "audio/mp3",
  wav: "audio/wav",
  flac: "audio/flac",
  mp4: "video/mp4",
  mov: "video/quicktime",
  webm: "video/webm",
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  html: "text/html",
};

const STORE = "https://generativelanguage.googleapis.com/v1beta/";
const YOUTUBE = /^https?:\/\/((www|m)\.)?(youtube\.com\/(watch|shorts|live|embed)|youtu\.be\/)/i;
/** Google's own stores, and YouTube: the only addresses that the API reads by itself. */
const READ_BY_GOOGLE = /^(gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/)/i;

export function urlsToFetch(body: Readonly<JsonObject>): readonly string[] {
  return urlsIn(body.messages).filter((url) => !READ_BY_GOOGLE.test(url) && !YOUTUBE.test(url));
}

/** One `inlineData` or `fileData` part. */
export function mediaPart(part: ImagePart | FilePart | AudioPart): MediaPart | Unsupported {
  if (part.kind === "audio") return inline(`audio/${part.format.toLowerCase()}`, part.base64, part.path);
  const { source, path } = part;
  const name = part.kind === "file" ? part.name : null;
  switch (source.kind) {
    case "data":
      return inline(mediaTypeOf(source.mediaType, name), source.base64, path);
    case "url":
      return byAddress(source.url, name) ?? unsupported(path);
    case "id":
      return (
        byAddress(source.id.startsWith("files/") ? STORE + source.id : source.id, name) ?? unsupported(path)
      );
  }
}

function inline(mimeType: string, data: string, path: string): MediaPart | Unsupported {
  return TAKEN.test(mimeType) ? { inlineData: { mimeType, data } } : unsupported(path);
}

/** Clients that know no media type send a general one; the name may tell. */
function mediaTypeOf(told: string, name: string | null): string {
  if (told === "image/jpg") return "image/jpeg";
  if (told !== "application/octet-stream" && told !== "binary/octet-stream") return told;
  return byExtension(name ?? "") ?? told;
}

/** Vertex refuses a `fileData` without a media type; AI Studio knows that of its own files. */
function byAddress(uri: string, name: string | null): MediaPart | null {
  if (YOUTUBE.test(uri)) return { fileData: { mimeType: "video/mp4", fileUri: uri } };
  if (!READ_BY_GOOGLE.test(uri)) return null;
  const mimeType = byExtension(name ?? "") ?? byExtension(uri);
  return { fileData: { ...(mimeType === null ? {} : { mimeType }), fileUri: uri } };
}

function byExtension(name: string): string | null {
  const extension = /\.([a-z0-9]{2,5})$/i.exec(name)?.[1]?.toLowerCase();
  return (extension !== undefined && BY_EXTENSION[extension]) || null;
}

function unsupported(path: string): Unsupported {
  return { unsupported: path, why: "Gemini takes no content of this kind, or not from there." };
}
