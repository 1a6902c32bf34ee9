import type { Capability } from "../../../core/deployment.ts";
import { isObject, type JsonObject, parseAnswer, tokenCount } from "../../../core/json.ts";
import type { ListedModel } from "../../contract.ts";

/** What the list calls ours. Tools it does not speak of: all of its models have them. */
const NAMES: readonly (readonly [string, Capability])[] = [
  ["structured_outputs", "json_schema"],
  ["image_input", "vision"],
  ["pdf_input", "pdf"],
  ["thinking", "reasoning"],
];

/**
 * `GET /v1/models`, of which one page is read: https://platform.claude.com/docs/en/api/models/list. Null where the text
 * is no such list.
 */
export function decodeModels(text: string): ListedModel[] | null {
  const reply = parseAnswer(text);
  if (!isObject(reply) || !Array.isArray(reply.data)) return null;
  const listed: ListedModel[] = [];
  for (const item of reply.data) {
    if (!isObject(item) || typeof item.id !== "string" || item.id === "") return null;
    listed.push({ ...modelOf(item), id: item.id });
  }
  return listed;
}

function modelOf({ type, max_input_tokens, max_tokens, capabilities }: JsonObject): Omit<ListedModel, "id"> {
  return {
    contextLength: positive(max_input_tokens),
    maxOutputTokens: positive(max_tokens),
    ...(isObject(capabilities)
      ? { capabilities: abilitiesOf(capabilities), untoldCapabilities: ["tools"] }
      : { capabilities: null }),
    kind: type === "model" ? "chat" : null,
    price: null,
  };
}

function abilitiesOf(told: JsonObject): Capability[] {
  return NAMES.flatMap(([name, capability]) => {
    const ability = told[name];
    return isObject(ability) && ability.supported === true ? [capability] : [];
  });
}

/** Some say 0 where they do not know. */
function positive(value: unknown): number | null {
  return tokenCount(value) || null;
}
