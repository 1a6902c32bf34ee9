import { isDeepStrictEqual } from "node:util";
import { isObject, type JsonObject } from "../../core/json.ts";
import type { Attachment, Dialect, Target, Unsupported, WireRequest } from "../contract.ts";
import type { Sample } from "./sample.ts";

/** How something goes in other words, where its fields do not tell. */
export type Way =
  | "by another path"
  | "fetched by the gateway"
  | "by a forced tool"
  | "by a format"
  | "by the gateway";

/** What becomes of a part of a request. */
export type Outcome =
  /** It goes upstream as it is, under its own name. */
  | { kind: "forwarded" }
  | Translated
  /** It does not go, and the reply names it. */
  | { kind: "dropped" }
  /** It does not go, and nobody is told: the provider does so anyway, the gateway does it, or it means nothing there. */
  | { kind: "left out" }
  /** The provider is passed over. */
  | { kind: "refused" };

/** It goes in other words. */
export interface Translated {
  kind: "translated";
  /** The fields of the provider's request that say it, its messages left out. */
  as: readonly string[];
  /** Fields that are not sent because of it. */
  without: readonly string[];
  /** What of it is dropped. */
  lost: readonly string[];
  ways: readonly Way[];
}

export type Encode = "encodeChat" | "encodeEmbeddings";

/** What a dialect does with a sample for a target; null = nothing, because it cannot even write the request without it. */
export function outcomeOf(dialect: Dialect, encode: Encode, bare: Target, sample: Sample): Outcome | null {
  const base = { model: "a-model", ...sample.base };
  const { wire: before } = write(dialect, encode, bare, base);
  if ("unsupported" in before) return null;
  const request = { ...base, ...sample.added };
  const { wire: after, isFetched } = write(dialect, encode, bare, request);
  if ("unsupported" in after) return { kind: "refused" };
  const [without, body] = [bodyOf(before), bodyOf(after)];
  const lost = after.dropped.filter((name) => !before.dropped.includes(name));
  const isAsAsked = isDeepStrictEqual(body, { ...without, ...sample.added });
  const isChangedAlike = isDeepStrictEqual(changes(without, body), changes(base, request));
  if (lost.length === 0 && (isAsAsked || isChangedAlike)) return { kind: "forwarded" };
  const ways = waysOf(before, after);
  if (isDeepStrictEqual(without, body) && ways.length === 0)
    return { kind: lost.length > 0 ? "dropped" : "left out" };
  if (isFetched) ways.push("fetched by the gateway");
  return { kind: "translated", ...differences(without, body), lost, ways };
}

function waysOf(before: WireRequest, after: WireRequest): Way[] {
  const ways: Way[] = before.path === after.path ? [] : ["by another path"];
  const { reading } = after;
  if (isDeepStrictEqual(before.reading, reading)) return ways;
  if (reading?.toolAsContent !== undefined) return [...ways, "by a forced tool"];
  return [...ways, reading?.contentAsTool === undefined ? "by the gateway" : "by a format"];
}

/** What is different, by path: of a message only what was put into it. */
function changes(before: unknown, after: unknown, path = ""): [path: string, value: unknown][] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isNested(before) || !isNested(after)) return [[path, after]];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].sort().flatMap((name) => changes(before[name], after[name], `${path}/${name}`));
}

function isNested(value: unknown): value is JsonObject {
  return isObject(value) || Array.isArray(value);
}

const FETCHED: Attachment = { mediaType: "application/octet-stream", base64: "AAAA" };
const MEDIA_TYPES: readonly (readonly [RegExp, string])[] = [
  [/\.png$/, "image/png"],
  [/\.pdf$/, "application/pdf"],
];

/** Writes a request as the gateway has it written: with what the provider does not fetch itself. */
function write(
  dialect: Dialect,
  encode: Encode,
  bare: Target,
  body: JsonObject,
): { wire: WireRequest | Unsupported; isFetched: boolean } {
  const urls = encode === "encodeChat" ? (dialect.urlsToFetch?.(body, bare) ?? []) : [];
  const files = urls.map((url) => {
    const mediaType = MEDIA_TYPES.find(([suffix]) => suffix.test(url))?.[1] ?? FETCHED.mediaType;
    return [url, { ...FETCHED, mediaType }] as const;
  });
  const target = { ...bare, attachments: new Map(files) };
  return { wire: dialect[encode](body, target), isFetched: urls.length > 0 };
}

function bodyOf({ body }: WireRequest): JsonObject {
  return JSON.parse(body);
}

interface Differences {
  as: string[];
  without: string[];
}

/** What the messages hold is not worth telling: the documents would repeat the provider's own. */
const MESSAGES = ["messages", "contents"];
const DEEPEST = 3;

/** The paths of the fields that differ, as deep as one of them tells it all. */
function differences(before: JsonObject, after: JsonObject, above: readonly string[] = []): Differences {
  const found: Differences = { as: [], without: [] };
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const name of names) {
    if ((above.length === 0 && MESSAGES.includes(name)) || isDeepStrictEqual(before[name], after[name]))
      continue;
    const path = [...above, name];
    const [old, value] = [before[name], after[name]];
    if (value === undefined) found.without.push(path.join("."));
    else if (isObject(value) && path.length < DEEPEST && (isObject(old) || isOneField(old, value))) {
      const inner = differences(isObject(old) ? old : {}, value, path);
      found.as.push(...inner.as);
      found.without.push(...inner.without);
    } else found.as.push(path.join("."));
  }
  return found;
}

function isOneField(old: unknown, value: JsonObject): boolean {
  return old === undefined && Object.keys(value).length === 1;
}
