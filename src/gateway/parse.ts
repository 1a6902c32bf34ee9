import { modelsAllowedBy } from "../catalog/allowed-models.ts";
import type { Caller } from "../core/caller.ts";
import type { CatalogView } from "../core/deployment.ts";
import { type ApiError, invalidField as invalid } from "../core/errors.ts";
import { isObject, isTooDeep, type JsonObject, parseJson } from "../core/json.ts";
import type { RouteRequest } from "../routing/request.ts";
import { type Asking, industryOf, NOTHING_ELSE, readAsked } from "./asking.ts";
import { readContent } from "./content.ts";
import { readPreferences } from "./preferences.ts";

/** A request whose structure is sound. Unknown fields are kept: the provider judges them. */
export interface ParsedRequest {
  body: Readonly<JsonObject>;
  stream: boolean;
  /** The client asked for usage in the stream. */
  showUsage: boolean;
  /** The client asked for `usage.cost` (OpenRouter's `usage: {include: true}`). */
  wantsCost: boolean;
  /** As the client wrote it, at most 200 characters; null = none. */
  requestedModel: string | null;
  /** Embeddings only. */
  encoding: "float" | "base64";
  industry: string | null;
  route: RouteRequest;
}

type Check = (value: unknown) => string | null;
const isBoolean: Check = (value) => (typeof value === "boolean" ? null : "must be a boolean");
const isText: Check = (value) => (typeof value === "string" ? null : "must be a string");
const isNumber: Check = (value) => (Number.isFinite(value) ? null : "must be a finite number");
const isArray: Check = (value) => (Array.isArray(value) ? null : "must be an array");
const isRecord: Check = (value) => (isObject(value) ? null : "must be an object");
const isCount: Check = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 1 ? null : "must be a whole number of at least 1";

/** The fields whose type we rely on or whose wrong type no provider could mean; null counts as absent. */
const CHECKS: ReadonlyArray<readonly [string, Check]> = [
  ["model", isText],
  [
    "models",
    (value) =>
      Array.isArray(value) && value.every((it) => typeof it === "string")
        ? null
        : "must be an array of strings",
  ],
  ["stream", isBoolean],
  ["stream_options", isRecord],
  ["max_tokens", isCount],
  ["max_completion_tokens", isCount],
  ["n", isCount],
  ["temperature", isNumber],
  ["top_p", isNumber],
  ["tools", isArray],
  ["response_format", isRecord],
  ["provider", isRecord],
  ["usage", isRecord],
  ["metadata", isRecord],
  ["user", isText],
];

function parseBody(text: string): { body: JsonObject } | { error: ApiError } {
  const body = parseJson(text);
  if (body === undefined) return { error: invalid(null, "The request body is not valid JSON.") };
  if (!isObject(body)) return { error: invalid(null, "The request body must be a JSON object.") };
  if (isTooDeep(body, text.length)) return { error: invalid(null, "The request body is nested too deeply.") };
  for (const [field, check] of CHECKS) {
    const value = body[field];
    if (value === undefined || value === null) continue;
    const problem = check(value);
    if (problem) return { error: invalid(field, `\`${field}\` ${problem}.`) };
  }
  return { body };
}

function common(
  body: JsonObject,
  caller: Caller,
  catalog: CatalogView,
  asking: Asking,
): Omit<RouteRequest, "kind" | "needs" | "promptTokens"> | ApiError {
  const preferences = readPreferences(body.provider);
  if ("code" in preferences) return preferences;
  const asked = readAsked(body, caller, asking);
  if ("code" in asked) return asked;
  const model = typeof body.model === "string" && body.model !== "" ? body.model : null;
  const models = Array.isArray(body.models) ? (body.models as string[]) : [];
  return {
    ...asked,
    model,
    models,
    preferences,
    outputTokens: outputLimitOf(body),
    allowedModels: modelsAllowedBy(caller.allowedModels, catalog),
    allowedProviders: caller.allowedProviders,
  };
}

/** Tokens that each answer may have at most; null = the caller does not say. */
export function outputLimitOf(body: Readonly<JsonObject>): number | null {
  const limit = body.max_completion_tokens ?? body.max_tokens;
  return typeof limit === "number" ? limit : null;
}

function shared(
  body: JsonObject,
): Pick<ParsedRequest, "body" | "stream" | "showUsage" | "wantsCost" | "requestedModel" | "industry"> {
  const named =
    typeof body.model === "string" && body.model !== ""
      ? body.model
      : Array.isArray(body.models)
        ? body.models[0]
        : null;
  return {
    body,
    stream: body.stream === true,
    showUsage: isObject(body.stream_options) && body.stream_options.include_usage === true,
    wantsCost: isObject(body.usage) && body.usage.include === true,
    requestedModel: typeof named === "string" ? named.slice(0, 200) : null,
    industry: industryOf(body),
  };
}

/** Structural checks by hand: this is the hot path, and the provider judges the rest. */
export function parseChat(
  text: string,
  caller: Caller,
  catalog: CatalogView,
  asking: Asking = NOTHING_ELSE,
): ParsedRequest | ApiError {
  const read = parseBody(text);
  if ("error" in read) return read.error;
  const { body } = read;
  const content = readContent(body);
  if ("code" in content) return content;
  const route = common(body, caller, catalog, asking);
  if ("code" in route) return route;
  const parsed = shared(body);
  return {
    ...parsed,
    showUsage: parsed.showUsage || (parsed.stream && parsed.wantsCost),
    encoding: "float",
    route: { ...route, kind: "chat", ...content },
  };
}

export function parseEmbeddings(
  text: string,
  caller: Caller,
  catalog: CatalogView,
  asking: Asking = NOTHING_ELSE,
): ParsedRequest | ApiError {
  const read = parseBody(text);
  if ("error" in read) return read.error;
  const { body } = read;
  const { input, encoding_format: encoding } = body;
  const problem = inputProblem(input);
  if (problem) return invalid("input", problem);
  if (encoding !== undefined && encoding !== null && encoding !== "float" && encoding !== "base64") {
    return invalid("encoding_format", '`encoding_format` must be "float" or "base64".');
  }
  const route = common(body, caller, catalog, asking);
  if ("code" in route) return route;
  return {
    ...shared(body),
    stream: false,
    encoding: encoding === "base64" ? "base64" : "float",
    route: {
      ...route,
      outputTokens: null,
      kind: "embedding",
      needs: [],
      promptTokens: embeddingTokens(input),
    },
  };
}

function inputProblem(input: unknown): string | null {
  if (typeof input === "string") return input === "" ? "`input` must not be empty." : null;
  if (!Array.isArray(input) || input.length === 0)
    return "`input` must be a string, an array of strings or token ids.";
  if (input.every((item) => typeof item === "string" && item !== "")) return null;
  if (input.every((item) => Number.isSafeInteger(item) && item >= 0)) return null;
  const tokenLists = input.every(
    (item) =>
      Array.isArray(item) && item.length > 0 && item.every((id) => Number.isSafeInteger(id) && id >= 0),
  );
  return tokenLists
    ? null
    : "`input` must hold only non-empty strings, only token ids, or only lists of token ids.";
}

/** Estimated tokens of all inputs together. */
export function embeddingTokensOf(input: unknown): number {
  let sum = 0;
  for (const tokens of tokensOfInputs(input)) sum += tokens;
  return sum;
}

/** The longest single input: each is embedded by itself, so only it must fit the window. */
function embeddingTokens(input: unknown): number {
  let longest = 0;
  for (const tokens of tokensOfInputs(input)) longest = Math.max(longest, tokens);
  return longest;
}

function tokensOfInputs(input: unknown): number[] {
  if (typeof input === "string") return [Math.ceil(Buffer.byteLength(input) / 4)];
  const items = input as unknown[];
  if (typeof items[0] === "number") return [items.length];
  return items.map((item) =>
    Array.isArray(item) ? item.length : Math.ceil(Buffer.byteLength(String(item)) / 4),
  );
}
