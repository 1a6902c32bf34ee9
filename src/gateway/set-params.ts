import type { JsonObject } from "../core/json.ts";
import type { Rule } from "../routing/rule.ts";
import type { ParsedRequest } from "./parse.ts";

/** Two words for one thing: a provider that is given both refuses. */
const OUTPUT_LIMITS = ["max_tokens", "max_completion_tokens"];

/** The request with what the rule sets; the caller's own body is not touched. */
export function withParamsOf(rule: Rule | null, request: ParsedRequest): ParsedRequest {
  if (!rule) return request;
  const { setParams } = rule.then;
  const names = Object.keys(setParams);
  if (names.length === 0) return request;
  const body: JsonObject = { ...request.body };
  if (OUTPUT_LIMITS.some((name) => names.includes(name))) for (const name of OUTPUT_LIMITS) delete body[name];
  return { ...request, body: { ...body, ...setParams } };
}

/** What the rule added on the way up, for `X-Nyuro-Added-Params`. */
export function paramsSetBy(rule: Rule): readonly string[] {
  return Object.keys(rule.then.setParams);
}
