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
    bound = reckoned(body, operation, null);
    known.set(body, bound);
  }
  return bound;
}

/** What a tokenizer is given for `countedBound`: the texts, and the tokens around them, which are in no text. */
export function promptTexts(
  body: Readonly<JsonObject>,
  operation: "chat" | "embeddings",
): { texts: readonly string[]; aroundTokens: number } {
  const texts: string[] = [];
  const { textTokens } = reckoned(body, operation, texts);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { texts, aroundTokens: textTokens - bytes };
}

interface Reckoning extends PromptBound {
  /** Every text whose bytes were counted; null = nobody wants them. */
  texts: string[] | null;
}

function reckoned(
  body: Readonly<JsonObject>,
  operation: "chat" | "embeddings",
  texts: string[] | null,
): PromptBound {
  const bound: Reckoning = { textTokens: TOKENS_PER_PROMPT, attachedTokens: 0, unsizedFiles: 0, texts };
  if (operation === "chat") addChat(body, bound);
  else addInput(body.input, bound);
  const { textTokens, attachedTokens, unsizedFiles } = bound;
  return { textTokens, attachedTokens, unsizedFiles };
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
const SCHEMAS = [
  ...["tools", "functions", "response_format", "prediction"],
  // What servers of open models put in besides: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
  ...["documents", "chat_template", "chat_template_kwargs"],
];

function addChat(body: Readonly<JsonObject>, bound: Reckoning): void {
  for (const field of SCHEMAS) addText(body[field], bound);
  const messages: unknown[] = Array.isArray(body.messages) ? body.messages : [];
  for (const message of messages) {
    bound.textTokens += TOKENS_PER_MESSAGE;
    if (!isObject(message)) continue;
    for (const field in message) {
      const value = message[field];
      if (field === "content" && Array.isArray(value)) for (const part of value) addPart(part, bound);
      else if (field !== "role") addText(value, bound);
    }
  }
}

function addPart(part: unknown, bound: Reckoning): void {
  if (!isObject(part)) {
    addText(part, bound);
    return;
  }
  if (typeof part.text === "string") addText(part.text, bound);
  switch (part.type) {
    case "text":
      return;
    case "image_url":
      return addImage(addressIn(part.image_url), bound);
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
      addText(part, bound);
  }
}

/** An image, or what some providers take in its place: a PDF or a film, in the request or at an address. */
function addImage(url: unknown, bound: Reckoning): void {
  const told = typeof url === "string" ? url.slice(0, 200) : "";
  if (/^data:(?!image\/)/i.test(told)) addFile(url, bound, false);
  else if (ADDRESS.test(told) && !mayBeImage(told)) bound.unsizedFiles += 1;
  else bound.attachedTokens += TOKENS_PER_IMAGE;
}

/** Films are watched at YouTube, and files of any kind lie in buckets: those are read by the provider, not by us. */
function mayBeImage(address: string): boolean {
  if (!/^https?:/i.test(address)) return /\.(png|jpe?g|gif|webp|heic|heif)$/i.test(address);
  return !/^https?:\/\/([\w-]+\.)*(youtube\.com|youtu\.be|generativelanguage\.googleapis\.com)\//i.test(
    address,
  );
}

function addFilePart(file: JsonObject, bound: Reckoning): void {
  addText(file.filename, bound);
  // Which of the two an upstream reads is its own affair.
  if (typeof file.file_id === "string" && file.file_data !== undefined) bound.unsizedFiles += 1;
  addFile(file.file_data ?? addressIn(file.file_url) ?? null, bound, true);
}

/** `{url}`, or the bare address that some clients send. */
function addressIn(value: unknown): unknown {
  return isObject(value) ? value.url : value;
}

const ADDRESS = /^(?!data:)[a-z][a-z0-9+.-]*:/i;
const DATA_URL = /^data:[^,]*,/i;

/** `isBare`: what is no address and no `data:` URL is base64. */
function addFile(data: unknown, bound: Reckoning, isBare: boolean): void {
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
function addInput(input: unknown, bound: Reckoning): void {
  const inputs: unknown[] = Array.isArray(input) && typeof input[0] !== "number" ? input : [input];
  for (const one of inputs) {
    bound.textTokens += TOKENS_PER_MESSAGE;
    if (Array.isArray(one)) bound.textTokens += one.length;
    else addText(one, bound);
  }
}

/** UTF-8 bytes of a text, or of anything else as JSON. */
function addText(value: unknown, bound: Reckoning): void {
  if (value === undefined || value === null) return;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  bound.textTokens += Buffer.byteLength(text);
  bound.texts?.push(text);
}
