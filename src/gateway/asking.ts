import type { Caller } from "../core/caller.ts";
import type { ApiError } from "../core/errors.ts";
import { invalidField } from "../core/errors.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import { parseUsd } from "../core/money.ts";
import type { RouteRequest } from "../routing/request.ts";

/** What bears on a request and does not stand in its body. */
export interface Asking {
  /** Request fields that keep a conversation on one deployment, in order of preference. */
  sticky: readonly string[];
  /** `X-Session-Id`; the body's `session_id` wins. Null = none. */
  sessionId: string | null;
  /** `X-Nyuro-Max-Cost-Usd` as written; null = none. */
  maxCostUsd: string | null;
  /** In [0, 1). */
  seed: number;
}

/** Nothing but the body. */
export const NOTHING_ELSE: Asking = Object.freeze({
  sticky: [],
  sessionId: null,
  maxCostUsd: null,
  seed: 0.5,
});

type Asked = Pick<
  RouteRequest,
  | "keyId"
  | "orgId"
  | "stream"
  | "industry"
  | "wantsReasoning"
  | "maxCostNanoUsd"
  | "stickyKey"
  | "seed"
  | "body"
>;

/** Who asks, and what rules and orders look at besides the words. */
export function readAsked(body: JsonObject, caller: Caller, asking: Asking): Asked | ApiError {
  const limit = readLimit(body.max_cost_usd, asking.maxCostUsd);
  if (typeof limit === "object" && limit !== null) return limit;
  return {
    keyId: caller.keyId,
    orgId: caller.orgId,
    stream: body.stream === true,
    industry: industryOf(body),
    wantsReasoning: wantsReasoning(body),
    maxCostNanoUsd: limit,
    stickyKey: stickyKeyOf(body, caller, asking),
    seed: asking.seed,
    body,
  };
}

const LONGEST_TAG = 64;

export function industryOf({ metadata }: JsonObject): string | null {
  if (!isObject(metadata)) return null;
  const { industry } = metadata;
  return typeof industry === "string" && industry !== "" ? industry.slice(0, LONGEST_TAG) : null;
}

function wantsReasoning({ reasoning_effort: effort, reasoning }: JsonObject): boolean {
  if (typeof effort === "string") return effort !== "none";
  return isObject(reasoning) && reasoning.enabled !== false && reasoning.effort !== "none";
}

/** The tighter of body and header, nano-USD; null = no limit. */
function readLimit(inBody: unknown, inHeader: string | null): number | null | ApiError {
  const told = inBody === undefined || inBody === null ? null : readUsd(inBody);
  if (told !== null && told < 0)
    return invalidField("max_cost_usd", "`max_cost_usd` must be an amount in USD.");
  const header = inHeader === null ? null : readUsd(inHeader);
  if (header !== null && header < 0)
    return invalidField(null, "The header X-Nyuro-Max-Cost-Usd must be an amount in USD.");
  return told === null || header === null ? (told ?? header) : Math.min(told, header);
}

/** Nano-USD; -1 = no amount. */
function readUsd(value: unknown): number {
  const read = typeof value === "string" || typeof value === "number" ? parseUsd(value) : null;
  return read ?? -1;
}

const LONGEST_STICKY = 512;

/** Two organizations' users of one name are two users. */
function stickyKeyOf(body: JsonObject, { orgId }: Caller, { sticky, sessionId }: Asking): string | null {
  for (const field of sticky) {
    const value = body[field] ?? (field === "session_id" ? sessionId : null);
    if (typeof value === "string" && value !== "") return `${orgId}\n${value.slice(0, LONGEST_STICKY)}`;
  }
  return null;
}
