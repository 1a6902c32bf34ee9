import { isObject, type JsonObject } from "../core/json.ts";

/** The most a prompt can have, in tokens. A bound and no estimate: a byte-level tokenizer never makes more tokens than bytes. */
export interface PromptBound {
  /** Bytes of text and schemas, and what goes around messages. */
  textTokens: number;
  /** Images, and files whose size can be seen. */
  attachedTokens: number;
  /** Files that stand there by address or id only: there is no bound to them but the model's window. */
  unsizedFiles: number;
}

const TOKENS_PER_MESSAGE = 8;
const TOKENS_PER_PROMPT = 8;
const TOKENS_PER_IMAGE = 2000;
const FILE_BYTES_PER_TOKEN = 4;

const known = new WeakMap<Readonly<JsonObject>, PromptBound>();

/** Reckoned once for a body, when it is first asked for. The body must not change. */
export function promptBound(
  body: Readonly<JsonObject>,
  operation: "chat" | "embeddings",
): Readonly<PromptBound> {
  let bound = known.get(body);
  if (!bound) {
    bound = { textTokens: TOKENS_PER_PROMPT, attachedTokens: 0, unsizedFiles: 0 };
    if (operation === "chat") addChat(body, bound);
    else addInput(body.input, bound);
    known.set(body, bound);
  }
  return bound;
}

/**
 * The bound once a tokenizer counted the text: a tenth and 16 more for what its vocabulary differs from the model's.
 * Never above what the bytes say.
 */
export function countedBound(bound: Readonly<PromptBound>, countedTokens: number): PromptBound {
  const textTokens = Math.min(bound.textTokens, Math.ceil((countedTokens * 11) / 10) + 16);
  return { ...bound, textTokens };
}

/** Fields beside the messages that are put into the prompt. */
const SCHEMAS = ["tools", "functions", "response_format", "prediction"];

function addChat(body: Readonly<JsonObject>, bound: PromptBound): void {
  for (const field of SCHEMAS) bound.textTokens += bytesOf(body[field]);
  const messages: unknown[] = Array.isArray(body.messages) ? body.messages : [];
  for (const message of messages) {
    bound.textTokens += TOKENS_PER_MESSAGE;
    if (!isObject(message)) continue;
    for (const field in message) {
      const value = message[field];
      if (field === "content" && Array.isArray(value)) for (const part of value) addPart(part, bound);
      else if (field !== "role") bound.textTokens += bytesOf(value);
    }
  }
}

function addPart(part: unknown, bound: PromptBound): void {
  if (!isObject(part)) {
    bound.textTokens += bytesOf(part);
    return;
  }
  if (typeof part.text === "string") bound.textTokens += Buffer.byteLength(part.text);
  switch (part.type) {
    case "text":
      return;
    case "image_url":
      bound.attachedTokens += TOKENS_PER_IMAGE;
      return;
    case "input_audio":
      return addFile(isObject(part.input_audio) ? part.input_audio.data : null, bound, true);
    case "file":
      return addFilePart(isObject(part.file) ? part.file : {}, bound);
    case "video_url":
    case "audio_url":
    case "file_url":
      return addFile(addressIn(part[part.type]), bound, false);
    default:
      // A kind that we do not know: whatever it is made of, its bytes are enough.
      bound.textTokens += bytesOf(part);
  }
}

function addFilePart(file: JsonObject, bound: PromptBound): void {
  bound.textTokens += bytesOf(file.filename);
  addFile(file.file_data ?? addressIn(file.file_url) ?? null, bound, true);
}

/** `{url}`, or the bare address that some clients send. */
function addressIn(value: unknown): unknown {
  return isObject(value) ? value.url : value;
}

const ADDRESS = /^(?!data:)[a-z][a-z0-9+.-]*:/i;
const DATA_URL = /^data:[^,]*,/i;

/** `isBare`: what is no address and no `data:` URL is base64. */
function addFile(data: unknown, bound: PromptBound, isBare: boolean): void {
  const text = typeof data === "string" ? data : "";
  const head = text.slice(0, 200);
  const isData = DATA_URL.exec(head);
  if (text === "" || (!isData && (!isBare || ADDRESS.test(head)))) {
    bound.unsizedFiles += 1;
    return;
  }
  const isBase64 = isData === null || /;base64,$/i.test(isData[0]);
  const characters = text.length - (isData?.[0].length ?? 0);
  const bytes = isBase64 ? (characters * 3) / 4 : characters;
  bound.attachedTokens += Math.ceil(bytes / FILE_BYTES_PER_TOKEN);
}

/** Embeddings: each input is a message; ids of tokens count themselves. */
function addInput(input: unknown, bound: PromptBound): void {
  const inputs: unknown[] = Array.isArray(input) && typeof input[0] !== "number" ? input : [input];
  for (const one of inputs) {
    bound.textTokens += TOKENS_PER_MESSAGE;
    bound.textTokens += Array.isArray(one) ? one.length : bytesOf(one);
  }
}

/** UTF-8 bytes of a text, or of anything else as JSON. */
function bytesOf(value: unknown): number {
  if (value === undefined || value === null) return 0;
  return Buffer.byteLength(typeof value === "string" ? value : JSON.stringify(value));
}
