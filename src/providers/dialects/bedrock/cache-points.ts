import type { JsonObject } from "../../../core/json.ts";
import type { CacheMark } from "../../translate/parts.ts";
import type { BedrockModel } from "./models.ts";

/** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
const MOST = 4;

/** What goes behind a marked part; null where the model takes none there. An hour is told where it is taken. */
export function cachePoint(
  mark: CacheMark,
  place: "message" | "system" | "tools",
  model: BedrockModel,
): JsonObject | null {
  if (model.caches === "nowhere" || (model.caches === "not-tools" && place === "tools")) return null;
  const hour = mark.ttl === "1h" && model.cachesAnHour ? { ttl: "1h" } : {};
  return { cachePoint: { type: "default", ...hour } };
}

/** True where a mark says more than `cachePoint` can write for this model. */
export function losesMark(
  mark: CacheMark,
  place: "message" | "system" | "tools",
  model: BedrockModel,
): boolean {
  return cachePoint(mark, place, model) === null || (mark.ttl === "1h" && !model.cachesAnHour);
}

/** Keeps the last four cache points of the lists, given in the order in which they can be done without. */
export function keepLastPoints<T extends JsonObject>(
  lists: readonly (readonly T[])[],
): { lists: T[][]; isCut: boolean } {
  const total = lists.reduce((sum, list) => sum + list.filter(isPoint).length, 0);
  let excess = Math.max(0, total - MOST);
  const isCut = excess > 0;
  const kept = lists.map((list) =>
    excess === 0 ? [...list] : list.filter((item) => !isPoint(item) || excess-- <= 0),
  );
  return { lists: kept, isCut };
}

function isPoint(item: JsonObject): boolean {
  return item.cachePoint !== undefined;
}
