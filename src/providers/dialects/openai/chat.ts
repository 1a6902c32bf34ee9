import { type Fault, fault } from "../../../core/faults.ts";
import { isObject, type JsonObject, parseAnswer } from "../../../core/json.ts";
import { NANO_PER_USD } from "../../../core/money.ts";
import type { Decoded, DecodeOptions, Target, Unsupported, WireRequest } from "../../contract.ts";
import { embeddedFault } from "../../refusals.ts";
import { contentBytesOf } from "./content.ts";
import { keepArgumentsExact } from "./exact-arguments.ts";
import { isFailure } from "./finish-reason.ts";
import { imageUrls, messagesFor } from "./messages.ts";
import { withModel } from "./model-name.ts";
import { repairReply } from "./reply.ts";
import { type PassedTo, refusedField, writeFields, writeStreamOptions } from "./request-fields.ts";
import { usageIn } from "./usage.ts";

/** What passes through needs to know no more of how its answer is shown. */
export type Shown = Pick<DecodeOptions, "model" | "costOf"> & Partial<Pick<DecodeOptions, "id" | "createdS">>;

/** The images that the gateway has to fetch, because the target takes none by URL. */
export function urlsToFetch(
  request: Readonly<JsonObject>,
  { quirks }: Pick<Target, "quirks">,
): readonly string[] {
  return quirks.inlineImages ? imageUrls(request.messages) : [];
}

export function encodeChat(request: Readonly<JsonObject>, target: PassedTo): WireRequest | Unsupported {
  const refused = refusedField(request, target.quirks);
  if (refused) return refused;
  const written = writeFields(request, target);
  const { body, dropped, added } = written;
  writeStreamOptions(written, target.quirks);
  body.messages = messagesFor(request.messages, target, written);
  return { operation: "chat", body: JSON.stringify(body), dropped, added };
}

export function encodeEmbeddings(request: Readonly<JsonObject>, target: PassedTo): WireRequest | Unsupported {
  const refused = refusedField(request, target.quirks);
  if (refused) return refused;
  const { body, dropped, added } = writeFields(request, target);
  return { operation: "embeddings", body: JSON.stringify(body), dropped, added };
}

export function decodeChat(text: string, options: Shown): Decoded | Fault {
  const reply = parseAnswer(text);
  if (!isObject(reply)) return notAnAnswer(text);
  if (!hasChoices(reply))
    return reply.error ? failedWith(reply, embeddedFault(reply.error)) : notAnAnswer(text);
  const choices = reply.choices as unknown[];
  if (!choices.every(isObject)) return notAnAnswer(text);
  const failed = choices.find(({ finish_reason }) => isFailure(finish_reason));
  if (failed)
    return failedWith(reply, embeddedFault(failed.error ?? reply.error ?? "the provider broke off"));
  keepArgumentsExact(reply, text);
  const isRepaired = repairReply(reply, choices, options);
  const usage = usageIn(reply, choices);
  const messages = choices.map(({ message }) => message).filter(isObject);
  return {
    text: finished(isRepaired ? JSON.stringify(reply) : text, reply, usage, options),
    usage,
    finishReason: (choices[0]?.finish_reason ?? null) as string | null,
    contentBytes: messages.reduce((sum, message) => sum + contentBytesOf(message), 0),
  };
}

/** The provider's own text with the model renamed; parsed and written anew only where `usage.cost` was asked for. */
export function finished(text: string, reply: JsonObject, usage: Decoded["usage"], options: Shown): string {
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

/** With what the provider says it worked nevertheless. */
function failedWith(reply: JsonObject, cause: Fault): Fault {
  const usage = usageIn(reply, []);
  return usage ? { ...cause, usage } : cause;
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
