import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseJson } from "../../../core/json.ts";
import { NANO_PER_USD } from "../../../core/money.ts";
import type { Decoded, DecodeOptions, Target, WireRequest } from "../../contract.ts";
import { contentBytesOf } from "./content.ts";
import { embeddedFault } from "./faults.ts";
import { withModel } from "./model-name.ts";
import { readUsage } from "./usage.ts";

/** Fields of a request that are the gateway's own (ours, and OpenRouter's) and never reach a provider. */
const OURS = [
  "models",
  "provider",
  "route",
  "transforms",
  "plugins",
  "preset",
  "max_cost_usd",
  "session_id",
  "usage",
  "industry",
] as const;

interface Written {
  body: JsonObject;
  dropped: string[];
  added: string[];
}

/** A copy of the request as the target takes it: ours removed, the model named, renames and drops applied. */
function writeFor(request: Readonly<JsonObject>, target: Target): Written {
  const body: JsonObject = { ...request, model: target.upstreamModel };
  const dropped: string[] = [];
  const added: string[] = [];
  for (const field of OURS) if (field in body) delete body[field];
  if (!target.takesMetadata && "metadata" in body) {
    delete body.metadata;
    dropped.push("metadata");
  }
  for (const field of target.quirks.drop ?? []) {
    if (field in body) {
      delete body[field];
      dropped.push(field);
    }
  }
  for (const [from, to] of Object.entries(target.quirks.rename ?? {})) {
    if (!(from in body)) continue;
    if (!(to in body)) body[to] = body[from];
    delete body[from];
  }
  return { body, dropped, added };
}

export function encodeChat(request: Readonly<JsonObject>, target: Target): WireRequest {
  const { body, dropped, added } = writeFor(request, target);
  if (request.stream === true && (target.quirks.streamUsage ?? "on-request") === "on-request") {
    const asked = isObject(request.stream_options) ? request.stream_options : null;
    if (asked?.include_usage !== true) {
      body.stream_options = { ...asked, include_usage: true };
      added.push("stream_options.include_usage");
    }
  } else if (
    "stream_options" in body &&
    target.quirks.streamUsage !== undefined &&
    target.quirks.streamUsage !== "on-request"
  ) {
    delete body.stream_options;
  }
  return { operation: "chat", body: JSON.stringify(body), dropped, added };
}

export function encodeEmbeddings(request: Readonly<JsonObject>, target: Target): WireRequest {
  const { body, dropped, added } = writeFor(request, target);
  return { operation: "embeddings", body: JSON.stringify(body), dropped, added };
}

export function decodeChat(text: string, options: DecodeOptions): Decoded | Fault {
  const reply = parseJson(text);
  if (!isObject(reply)) return notAnAnswer(text);
  if (reply.error && !hasChoices(reply)) return embeddedFault(reply.error);
  if (!hasChoices(reply)) return notAnAnswer(text);
  const usage = readUsage(reply.usage);
  let finishReason: string | null = null;
  let contentBytes = 0;
  for (const choice of reply.choices as unknown[]) {
    if (!isObject(choice)) return notAnAnswer(text);
    if (choice.finish_reason === "error")
      return embeddedFault(choice.error ?? reply.error ?? "the provider broke off");
    if (typeof choice.finish_reason === "string" && choice.finish_reason !== "")
      finishReason ??= choice.finish_reason;
    if (isObject(choice.message)) contentBytes += contentBytesOf(choice.message);
  }
  return { text: finished(text, reply, usage, options), usage, finishReason, contentBytes };
}

/** The provider's own text with the model renamed; parsed and written anew only where `usage.cost` was asked for. */
export function finished(
  text: string,
  reply: JsonObject,
  usage: Decoded["usage"],
  options: DecodeOptions,
): string {
  if (options.costOf && usage && isObject(reply.usage)) {
    const cost = options.costOf(usage);
    return JSON.stringify({
      ...reply,
      model: options.model,
      usage: { ...reply.usage, cost: cost === null ? null : cost / NANO_PER_USD },
    });
  }
  if (reply.model === options.model) return text;
  return typeof reply.model === "string"
    ? withModel(text, JSON.stringify(options.model))
    : JSON.stringify({ ...reply, model: options.model });
}

function hasChoices(reply: JsonObject): boolean {
  return Array.isArray(reply.choices) && reply.choices.length > 0;
}

export function notAnAnswer(text: string): Fault {
  return fault(
    "malformed",
    text.trim() === "" ? "an empty body" : `no answer in a body of ${text.length} characters`,
  );
}
