import type { Capability } from "../../../core/deployment.ts";
import { isObject, type JsonObject, parseAnswer, tokenCount } from "../../../core/json.ts";
import type { ListedModel } from "../../contract.ts";

/**
 * `GET /api/tags`, under the names that Ollama's OpenAI port lists too (`llama3.1:latest`). What a model can do is
 * told by recent versions (https://github.com/ollama/ollama/pull/16665); before, only its family hints at it.
 */
export function decodeModels(text: string): ListedModel[] | null {
  const reply = parseAnswer(text);
  if (!isObject(reply) || !(Array.isArray(reply.models) || reply.models === null)) return null;
  const listed: ListedModel[] = [];
  for (const item of reply.models ?? []) {
    const id = isObject(item) ? (item.name ?? item.model) : undefined;
    if (!isObject(item) || typeof id !== "string" || id === "") return null;
    const told = Array.isArray(item.capabilities) ? item.capabilities : [];
    const kind = kindOf(item, told);
    if (kind === "other") continue;
    listed.push({
      id,
      contextLength: contextOf(item),
      maxOutputTokens: null,
      capabilities: kind === "chat" && told.length > 0 ? capabilitiesOf(told) : null,
      kind,
      price: null,
    });
  }
  return listed;
}

/** Families of models that only embed: https://ollama.com/search?c=embedding. Others share theirs with a chat model. */
const EMBEDDING_FAMILY = /^(nomic-|xlm-|modern)?bert/;

function kindOf({ details }: JsonObject, told: readonly unknown[]): ListedModel["kind"] | "other" {
  if (told.includes("completion")) return "chat";
  if (told.includes("embedding")) return "embedding";
  if (told.length > 0) return "other";
  const family = isObject(details) ? details.family : undefined;
  return typeof family === "string" && EMBEDDING_FAMILY.test(family) ? "embedding" : null;
}

/** A format binds any model that completes. Audio is left out: there is no documented way to send it. */
function capabilitiesOf(told: readonly unknown[]): Capability[] {
  const able: Capability[] = ["json_schema"];
  if (told.includes("tools")) able.push("tools");
  if (told.includes("vision")) able.push("vision");
  if (told.includes("thinking")) able.push("reasoning");
  return able;
}

/**
 * The list tells what a model was trained for. A local server runs it with far less unless told otherwise (4,096 tokens
 * below 24 GiB of graphics memory, https://docs.ollama.com/context-length), so that only a remote model's figure holds.
 */
function contextOf({ details, remote_host }: JsonObject): number | null {
  if (!isObject(details) || typeof remote_host !== "string" || remote_host === "") return null;
  return tokenCount(details.context_length) || null;
}
