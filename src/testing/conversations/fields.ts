import { isObject, type JsonObject } from "../../core/json.ts";

/** What stands at `messages[1].content[0]` of a request; undefined = nothing. */
export function valueAt(request: JsonObject, path: string): unknown {
  let at: unknown = request;
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    if (Array.isArray(at)) at = at[Number(step)];
    else if (isObject(at) && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}

/** Whether the request has what `tools[].function.strict`, `tools.strict` or `cache_control` names, at whatever depth. */
export function isNamed(request: JsonObject, path: string): boolean {
  let found: unknown[] = [request];
  for (const step of path.replaceAll("[]", "").split(".")) found = found.flatMap((it) => valuesOf(it, step));
  return found.length > 0;
}

function valuesOf(node: unknown, key: string): unknown[] {
  if (Array.isArray(node)) return node.flatMap((it) => valuesOf(it, key));
  if (!isObject(node)) return [];
  const own = Object.hasOwn(node, key) ? [node[key]] : [];
  return [...own, ...Object.values(node).flatMap((it) => valuesOf(it, key))];
}

/** The gateway's own fields, and those that change nothing of the answer. */
const NEVER = new Set(
  `model messages models provider store prompt_cache_key include_reasoning stream_options`.split(" "),
);

const isShadowed = (field: string) => (_: unknown, request: JsonObject) => typeof request[field] === "number";
const hasTools = ({ tools }: JsonObject) => Array.isArray(tools) && tools.length > 0;
const isEmpty = (value: unknown) => isObject(value) && Object.keys(value).length === 0;

/** Values that ask for what is done anyway, by field: leaving them out changes nothing, and need not be named. */
const NOTHING_ASKED: Readonly<Record<string, (value: unknown, request: JsonObject) => boolean>> = {
  stream: (value) => value === false,
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  frequency_penalty: (value) => value === 0,
  presence_penalty: (value) => value === 0,
  service_tier: (value) => value === "auto",
  modalities: (value) => Array.isArray(value) && value.every((word) => word === "text"),
  max_tokens: isShadowed("max_completion_tokens"),
  max_completion_tokens: (value, request) => value === request.max_tokens,
  stop: (value) => value === "" || (Array.isArray(value) && value.every((text) => text === "")),
  tools: (_, request) => !hasTools(request) || request.tool_choice === "none",
  tool_choice: (value, request) => value === "auto" || !hasTools(request) || isAllOfThem(value, request),
  parallel_tool_calls: (value, request) =>
    value === true || !hasTools(request) || request.tool_choice === "none",
  response_format: (value) => isObject(value) && value.type === "text",
  top_logprobs: (value, request) => value === 0 || request.logprobs !== true,
  reasoning: (value, request) =>
    isEmpty(value) ||
    typeof request.reasoning_effort === "string" ||
    (request.include_reasoning === false && JSON.stringify(value) === '{"exclude":true}'),
  user: (value, request) => value === "" || typeof request.safety_identifier === "string",
  metadata: isEmpty,
  logit_bias: isEmpty,
};

function isAllOfThem(choice: unknown, { tools }: JsonObject): boolean {
  const allowed = isObject(choice) && isObject(choice.allowed_tools) ? choice.allowed_tools : null;
  return (
    allowed?.mode === "auto" &&
    Array.isArray(allowed.tools) &&
    allowed.tools.length === (tools as unknown[]).length
  );
}

/** Whether a field may change nothing without being named. */
export function asksForNothing(field: string, request: JsonObject): boolean {
  const value = request[field];
  if (value === null || NEVER.has(field)) return true;
  return NOTHING_ASKED[field]?.(value, request) ?? false;
}
