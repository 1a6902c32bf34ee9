import type { Capability } from "../../../core/deployment.ts";
import { isObject, type JsonObject, parseAnswer, tokenCount } from "../../../core/json.ts";
import type { ListedModel } from "../../contract.ts";
import { modelOf } from "./models.ts";

/**
 * `GET /v1beta/models`: `{models: [{name: "models/…"}]}`; Vertex: `{publisherModels: [{name: "publishers/google/models/…"}]}`.
 * What neither chats nor embeds (images, video, live sessions) is left out. https://ai.google.dev/api/models#Model
 */
export function decodeModels(text: string): ListedModel[] | null {
  const reply = parseAnswer(text);
  if (!isObject(reply)) return null;
  const list = reply.models ?? reply.publisherModels;
  if (!Array.isArray(list)) return null;
  const listed: ListedModel[] = [];
  for (const item of list as unknown[]) {
    if (!isObject(item) || typeof item.name !== "string") return null;
    const model = listedModel(
      item,
      item.name.slice(item.name.lastIndexOf("models/")).replace(/^models\//, ""),
    );
    if (model) listed.push(model);
  }
  return listed;
}

function listedModel(item: JsonObject, id: string): ListedModel | null {
  if (id === "") return null;
  const methods = Array.isArray(item.supportedGenerationMethods) ? item.supportedGenerationMethods : null;
  const chats = methods?.includes("generateContent");
  const embeds = methods?.some((method) => typeof method === "string" && /embed/i.test(method));
  if (methods && !chats && !embeds) return null;
  return {
    id,
    contextLength: tokenCount(item.inputTokenLimit),
    maxOutputTokens: tokenCount(item.outputTokenLimit),
    capabilities: chats ? capabilitiesOf(id, item.thinking === true) : null,
    kind: chats ? "chat" : embeds ? "embedding" : null,
    price: null,
  };
}

/** The list tells of thinking alone; the rest is what is known of a model of Google's own. Null = nothing is. */
function capabilitiesOf(id: string, thinks: boolean): Capability[] | null {
  if (!/^gem(ini|ma)-/.test(id)) return null;
  const { tools, json } = modelOf(id);
  const isGemini = id.startsWith("gemini-");
  const has: Record<Capability, boolean> = {
    tools,
    json_schema: json !== "none",
    vision: true,
    audio: isGemini,
    pdf: isGemini,
    reasoning: thinks,
  };
  return (Object.keys(has) as Capability[]).filter((capability) => has[capability]);
}
