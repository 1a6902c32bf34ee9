import { isObject, type JsonObject, parseAnswer } from "../../../core/json.ts";
import type { ListedModel } from "../../contract.ts";
import { agreed, listedCapabilities, toldCapabilities } from "./listed-capabilities.ts";
import { kindOf } from "./listed-kind.ts";
import { listedPrice } from "./listed-price.ts";

/**
 * `GET /models`: OpenAI's `{data: [{id}]}`, Together's bare array, Cohere's `{models: [{name, endpoints}]}`; Google's
 * `models/…` are kept as they are. Everybody adds to it what they please: what is understood is read, whoever tells it;
 * what is odd was not told. Models that are listed but not served, and those that neither chat nor embed, are left out.
 */
export function decodeModels(text: string): ListedModel[] | null {
  const items = itemsOf(parseAnswer(text));
  if (!items) return null;
  const listed: ListedModel[] = [];
  for (const item of items) {
    if (!isObject(item) || typeof item.id !== "string" || item.id === "") return null;
    const model = read(item, item.id);
    if (model) listed.push(model);
  }
  return listed;
}

function itemsOf(reply: unknown): readonly unknown[] | null {
  if (Array.isArray(reply)) return reply;
  if (!isObject(reply)) return null;
  if (Array.isArray(reply.data)) return reply.data;
  if (!Array.isArray(reply.models)) return null;
  // https://docs.cohere.com/reference/list-models
  return reply.models.map((item) =>
    isObject(item) && Array.isArray(item.endpoints) ? { ...item, id: item.name } : null,
  );
}

/** Null = not served, or not by what we speak. */
function read(item: JsonObject, id: string): ListedModel | null {
  const kind = kindOf(item);
  const hosts = liveHosts(item);
  const isGone = item.active === false || item.archived === true || hosts?.length === 0;
  if (kind === "other" || isGone) return null;
  const told = toldCapabilities(item);
  return {
    id,
    contextLength: contextOf(item) ?? smallest((hosts ?? []).map(contextOf)),
    maxOutputTokens: maxOutputOf(item),
    ...listedCapabilities(hosts ? { ...agreed(hosts.map(toldCapabilities)), ...told } : told),
    kind,
    price: listedPrice(item.pricing, kind),
    deprecation: deprecationOf(item),
  };
}

/**
 * The Hugging Face router chooses among these itself, so only what holds for all of them is known, and no price:
 * https://huggingface.co/docs/inference-providers/hub-api. Null = the model has no hosts.
 */
function liveHosts({ providers }: JsonObject): JsonObject[] | null {
  if (!Array.isArray(providers)) return null;
  return providers.filter(isObject).filter(({ status }) => status === undefined || status === "live");
}

function contextOf(item: JsonObject): number | null {
  const { limits, meta } = item;
  return firstCount(
    item.context_length,
    item.context_window,
    item.max_model_len,
    item.max_context_length,
    isObject(limits) ? limits.max_context_length : undefined,
    // The model's own: `n_ctx` beside it is what one slot of llama.cpp has just now.
    isObject(meta) ? meta.n_ctx_train : undefined,
  );
}

function maxOutputOf(item: JsonObject): number | null {
  const { top_provider: top, limits } = item;
  return firstCount(
    isObject(top) ? top.max_completion_tokens : undefined,
    item.max_completion_tokens,
    item.max_output_length,
    isObject(limits) ? limits.max_completion_tokens : undefined,
  );
}

const MOST_TOKENS = 1_000_000_000;

function firstCount(...values: readonly unknown[]): number | null {
  const found = values.find(
    (value) => typeof value === "number" && Number.isInteger(value) && value > 0 && value <= MOST_TOKENS,
  );
  return typeof found === "number" ? found : null;
}

function smallest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** OpenAI's, OpenRouter's, Mistral's and their imitators' word for the day of the end; Cohere and Cerebras tell no day. */
function deprecationOf(item: JsonObject): ListedModel["deprecation"] {
  const day = [item.shutdown_date, item.expiration_date, item.deprecation, item.deprecation_date]
    .map(dayOf)
    .find((it) => it !== null);
  if (day !== undefined) return { shutdownDate: day };
  return item.deprecated === true || item.is_deprecated === true ? { shutdownDate: null } : null;
}

/** `2026-08-31`, of a date or a time; null = it is none. */
function dayOf(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const day = /^(\d{4}-\d{2}-\d{2})(?:$|[T ])/.exec(value)?.[1] ?? null;
  return day !== null && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) ? day : null;
}
