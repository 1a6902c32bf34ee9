import type { ToldModel } from "../catalog/told-model.ts";
import { type Clock, toRfc3339 } from "../core/clock.ts";
import { readText } from "../gateway/body.ts";
import type { Dialect, ListedModel, Provider } from "../providers/contract.ts";
import { modelsRequest, type Sender } from "../providers/send.ts";

const TIMEOUT_MS = 5_000;
/** A server on this machine answers at once or is not there: the start must not wait for it. */
const LOCAL_TIMEOUT_MS = 400;
const MAX_LIST_BYTES = 8 * 1024 * 1024;

/** The provider's models, or null where it did not answer in time with a well-formed list. Never rejects. */
export async function fetchModels(
  sender: Sender,
  provider: Provider,
  dialect: Dialect,
  clock: Clock,
): Promise<ToldModel[] | null> {
  const signal = AbortSignal.timeout(provider.local ? LOCAL_TIMEOUT_MS : TIMEOUT_MS);
  try {
    const response = await sender.send(provider, modelsRequest(), "", signal);
    if ("kind" in response || response.status !== 200) return null;
    const text = await readText(response, MAX_LIST_BYTES);
    const listed = typeof text === "string" ? dialect.decodeModels(text) : null;
    const today = toRfc3339(clock.now()).slice(0, "2026-11-22".length);
    return listed && listed.map((model) => toldOn(today, model));
  } catch {
    return null;
  }
}

/** What was told, with where and when its price was read. */
function toldOn(day: string, model: ListedModel): ToldModel {
  const { price, deprecation = null } = model;
  return { ...model, deprecation, price: price && { ...price, source: "provider", asOf: day } };
}
