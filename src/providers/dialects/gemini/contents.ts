import type { JsonObject } from "../../../core/json.ts";
import type { Unsupported } from "../../contract.ts";
import type { Conversation } from "../../translate/conversation.ts";
import {
  addTurn,
  type Part,
  type ResultPart,
  type TextPart,
  type Turn,
  textOf,
} from "../../translate/parts.ts";
import { type MediaPart, mediaPart } from "./media.ts";
import type { GeminiModel } from "./models.ts";
import { loopStart, TurnSignatures } from "./signatures.ts";

export interface Contents {
  systemInstruction?: { parts: JsonObject[] };
  contents: JsonObject[];
}

export interface WrittenContents {
  fields: Contents;
  /** Request fields put in by us. */
  added: string[];
}

/**
 * What the user says before an answer that begins the conversation: "Please ensure that function call turn comes
 * immediately after a user turn" (https://github.com/google-gemini/gemini-cli/issues/11814).
 */
const NOTHING_SAID: JsonObject = { role: "user", parts: [{ text: "." }] };

/** The conversation as Google writes it: https://ai.google.dev/api/caching#Content */
export function writeContents(conversation: Conversation, model: GeminiModel): WrittenContents | Unsupported {
  const { system } = conversation;
  const turns = spoken(conversation.turns);
  const first = turns[0];
  // A request needs something that was said: where only the system spoke, that is it.
  const apart = model.systemInstruction && first !== undefined;
  const all = apart || system.length === 0 ? turns : withSystem(system, turns);
  if (all.length === 0) return { unsupported: "messages", why: "Gemini needs a message that is not empty." };
  const loop = model.needsSignatures ? loopStart(all) : all.length;
  const contents: JsonObject[] = [];
  for (const [at, turn] of all.entries()) {
    const parts =
      turn.role === "assistant"
        ? modelParts(turn, new TurnSignatures(turn, at >= loop))
        : userParts(inCallOrder(turn.parts, all[at - 1]), model);
    if ("unsupported" in parts) return parts;
    contents.push({ role: turn.role === "assistant" ? "model" : "user", parts });
  }
  const instruction =
    apart && system.length > 0 ? { systemInstruction: { parts: system.map(textPart) } } : {};
  const isBegun = all[0]?.role === "user";
  if (!isBegun) contents.unshift(NOTHING_SAID);
  return { fields: { ...instruction, contents }, added: isBegun ? [] : ["messages"] };
}

/** Without turns that are nothing but reasoning: nothing of that is sent by itself. */
function spoken(turns: Turn[]): Turn[] {
  const isSaid = ({ parts }: Turn) => parts.some(({ kind }) => kind !== "reasoning");
  if (turns.every(isSaid)) return turns;
  const said: Turn[] = [];
  for (const turn of turns) if (isSaid(turn)) addTurn(said, turn);
  return said;
}

function withSystem(system: TextPart[], turns: readonly Turn[]): Turn[] {
  const [first, ...rest] = turns;
  if (first?.role !== "user") return [{ role: "user", parts: system }, ...turns];
  return [{ role: "user", parts: [...system, ...first.parts] }, ...rest];
}

function textPart({ text }: TextPart): JsonObject {
  return { text };
}

function modelParts(turn: Turn, signatures: TurnSignatures): JsonObject[] | Unsupported {
  const parts: JsonObject[] = [];
  const lastText = turn.parts.findLast(({ kind }) => kind === "text");
  for (const part of turn.parts) {
    if (part.kind === "text")
      parts.push({ text: part.text, ...(part === lastText ? signatures.ofText : {}) });
    else if (part.kind === "call")
      parts.push({ functionCall: { name: part.name, args: part.input }, ...signatures.ofCall(part) });
    else if (part.kind === "image" || part.kind === "file" || part.kind === "audio") {
      const media = mediaPart(part);
      if ("unsupported" in media) return media;
      parts.push(media);
    }
  }
  return parts;
}

/** Results, the files that cannot stand in them, then what else was said. */
function userParts(parts: readonly Part[], model: GeminiModel): JsonObject[] | Unsupported {
  const results: JsonObject[] = [];
  const others: JsonObject[] = [];
  for (const part of parts) {
    if (part.kind === "text") others.push({ text: part.text });
    else if (part.kind === "result") {
      const written = writeResult(part, model);
      if ("unsupported" in written) return written;
      results.push(written.result);
      others.push(...written.beside);
    } else if (part.kind === "image" || part.kind === "file" || part.kind === "audio") {
      const media = mediaPart(part);
      if ("unsupported" in media) return media;
      others.push(media);
    }
  }
  return [...results, ...others];
}

/** https://ai.google.dev/gemini-api/docs/function-calling#multimodal */
const IN_RESULTS = /^(image\/(png|jpeg|webp)|application\/pdf|text\/plain)$/;

/** A result has a name, and an object for an answer: `output` and `error` are what Google suggests. */
function writeResult(
  { name, parts, isError }: ResultPart,
  model: GeminiModel,
): { result: JsonObject; beside: MediaPart[] } | Unsupported {
  const within: MediaPart[] = [];
  const beside: MediaPart[] = [];
  for (const part of parts) {
    if (part.kind !== "image" && part.kind !== "file" && part.kind !== "audio") continue;
    const media = mediaPart(part);
    if ("unsupported" in media) return media;
    const fits = model.filesInResults && "inlineData" in media && IN_RESULTS.test(media.inlineData.mimeType);
    (fits ? within : beside).push(media);
  }
  const response = { [isError ? "error" : "output"]: textOf(parts, "\n") };
  const files = within.length === 0 ? {} : { parts: within };
  return { result: { functionResponse: { name: name ?? "unknown", response, ...files } }, beside };
}

/**
 * Calls and results go without ids, which Vertex refuses (https://github.com/vercel/ai/issues/15664): the order says
 * which result of several of one tool belongs to which call.
 */
function inCallOrder(parts: readonly Part[], before: Turn | undefined): readonly Part[] {
  const ids = before?.parts.flatMap((part) => (part.kind === "call" ? [part.id] : [])) ?? [];
  const results = parts.filter((part) => part.kind === "result");
  if (ids.length < 2 || results.length < 2) return parts;
  // An id may be there twice: some servers give all calls the empty one.
  const open = Map.groupBy(ids.keys(), (place) => ids[place]);
  const placed = results.map((result) => {
    return { result, place: open.get(result.callId)?.shift() ?? ids.length };
  });
  return [
    ...placed.toSorted((a, b) => a.place - b.place).map(({ result }) => result),
    ...parts.filter(({ kind }) => kind !== "result"),
  ];
}
