import { type JsonObject, lookUp } from "../../../core/json.ts";
import type { Unsupported } from "../../contract.ts";
import type { AudioPart, FilePart, ImagePart, Source } from "../../translate/parts.ts";
import type { DocumentNames } from "./document-names.ts";
import type { BedrockModel } from "./models.ts";

const IMAGE_FORMATS: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/jpg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp",
};

const DOCUMENT_FORMATS: Readonly<Record<string, string>> = {
  "application/pdf": "pdf",
  "text/csv": "csv",
  "application/msword": "doc",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.ms-excel": "xls",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "text/html": "html",
  "text/plain": "txt",
  "text/markdown": "md",
};

const VIDEO_FORMATS: Readonly<Record<string, string>> = {
  "video/mp4": "mp4",
  "video/quicktime": "mov",
  "video/webm": "webm",
  "video/x-matroska": "mkv",
  "video/x-flv": "flv",
  "video/mpeg": "mpeg",
  "video/x-ms-wmv": "wmv",
  "video/3gpp": "three_gp",
};

/** What a name ends in says the format where there is no media type: in S3, or where a client sends none. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  jpg: "jpeg",
  htm: "html",
  markdown: "md",
  "3gp": "three_gp",
};

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html */
export function imageBlock({ source, path }: ImagePart): JsonObject | Unsupported {
  return block("image", source, formatOf(source, null, IMAGE_FORMATS)) ?? unsupported(path);
}

/** A document, or an image or a video that came as a file. A document has to have a name of its own in the request. */
export function fileBlock({ source, name, path }: FilePart, names: DocumentNames): JsonObject | Unsupported {
  const image = formatOf(source, name, IMAGE_FORMATS);
  if (image !== null) return block("image", source, image) ?? unsupported(path);
  const video = formatOf(source, name, VIDEO_FORMATS);
  if (video !== null) return block("video", source, video) ?? unsupported(path);
  const written = block("document", source, formatOf(source, name, DOCUMENT_FORMATS));
  if (written === null) return unsupported(path);
  return { document: { ...written.document, name: names.next(name) } };
}

/** Only a few models listen; the others would refuse the whole request. */
export function audioBlock(
  { format, base64, path }: AudioPart,
  model: BedrockModel,
): JsonObject | Unsupported {
  if (!model.takesAudio) return { unsupported: path, why: "This model on Bedrock takes no audio." };
  return { audio: { format, source: { bytes: base64 } } };
}

type Block = Record<string, JsonObject>;

/** Null where there is no format, or the content is neither in the request nor in S3. */
function block(kind: string, source: Source, format: string | null): Block | null {
  if (format === null) return null;
  if (source.kind === "data") return { [kind]: { format, source: { bytes: source.base64 } } };
  if (source.kind !== "url" || !source.url.startsWith("s3://")) return null;
  return { [kind]: { format, source: { s3Location: { uri: source.url } } } };
}

function formatOf(
  source: Source,
  name: string | null,
  formats: Readonly<Record<string, string>>,
): string | null {
  if (source.kind === "data" && source.mediaType !== "application/octet-stream")
    return (
      lookUp(formats, source.mediaType) ?? (formats === DOCUMENT_FORMATS ? plainText(source.mediaType) : null)
    );
  const file = source.kind === "url" ? source.url.split(/[?#]/, 1).join() : (name ?? "");
  const extension = /\.([a-z0-9]+)$/i.exec(file)?.[1]?.toLowerCase() ?? "";
  const format = lookUp(EXTENSIONS, extension) ?? extension;
  return Object.values(formats).includes(format) ? format : null;
}

/** Text of any other kind is still text. */
function plainText(mediaType: string): string | null {
  return /^text\/|^application\/(json|xml|yaml|x-yaml|javascript)$/.test(mediaType) ? "txt" : null;
}

function unsupported(path: string): Unsupported {
  return { unsupported: path, why: "Bedrock takes no file of this kind, or not from this place." };
}
