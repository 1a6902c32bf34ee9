import { isObject, type JsonObject } from "../../../core/json.ts";
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

type Blocks = readonly JsonObject[];

/** What a request may be marked in. */
export interface Marked {
  tools: Blocks;
  system: Blocks;
  /** Of the messages. */
  contents: readonly Blocks[];
}

/** The same with four cache points at most, and in an order that is taken; `isCut` = something was lost. */
export function limitPoints({ tools, system, contents }: Marked): Marked & { isCut: boolean } {
  // The oldest of the messages can be done without first, those of the tools last.
  const kept = keepLast([...contents, system, tools]);
  const asRead = [kept.lists.at(-1) ?? [], kept.lists.at(-2) ?? [], ...kept.lists.slice(0, -2)];
  const { lists, isCut } = withoutLongAfterShort(asRead);
  const [keptTools = [], keptSystem = [], ...keptContents] = lists;
  return { tools: keptTools, system: keptSystem, contents: keptContents, isCut: isCut || kept.isCut };
}

function keepLast(lists: readonly Blocks[]): { lists: Blocks[]; isCut: boolean } {
  const total = lists.reduce((sum, list) => sum + list.filter(isPoint).length, 0);
  let excess = Math.max(0, total - MOST);
  const isCut = excess > 0;
  const kept = lists.map((list) =>
    excess === 0 ? list : list.filter((item) => !isPoint(item) || excess-- <= 0),
  );
  return { lists: kept, isCut };
}

/**
 * Claude refuses a point of an hour behind a shorter one, and our order (instructions go to the front) is not always
 * the caller's: the later one is short, too. https://github.com/strands-agents/sdk-python/pull/2232
 */
function withoutLongAfterShort(lists: readonly Blocks[]): { lists: Blocks[]; isCut: boolean } {
  let hasShort = false;
  let isCut = false;
  const written = lists.map((list) =>
    list.map((item) => {
      if (!isObject(item.cachePoint)) return item;
      const { ttl, ...point } = item.cachePoint;
      if (ttl === undefined) hasShort = true;
      if (ttl === undefined || !hasShort) return item;
      isCut = true;
      return { cachePoint: point };
    }),
  );
  return { lists: written, isCut };
}

function isPoint(item: JsonObject): boolean {
  return item.cachePoint !== undefined;
}
