import { expect, test } from "bun:test";
import type { FaultKind } from "../core/faults.ts";
import { embeddedFault, openaiFault, readError, retryAfterMs } from "./refusals.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12, 0, 0);
const error = (fields: Record<string, unknown>) => JSON.stringify({ error: fields });
const message = (text: string) => error({ message: text });

const rows: [FaultKind, number, string][] = [
  [
    "bad_request",
    400,
    error({ message: "Unsupported value", type: "invalid_request_error", code: "unsupported_value" }),
  ],
  ["bad_request", 400, "<html><body>400 Bad Request</body></html>"],
  ["bad_request", 400, ""],
  ["bad_request", 409, message("locked")],
  ["bad_request", 413, message("Request entity too large")],
  ["bad_request", 422, JSON.stringify({ detail: [{ loc: ["body", "n"], msg: "must be 1" }] })],
  [
    "bad_request",
    400,
    JSON.stringify({
      object: "error",
      message: "top_p must be in (0, 1]",
      type: "BadRequestError",
      code: 400,
    }),
  ],
  [
    "bad_request",
    400,
    error({ message: "Tool call validation failed", code: "tool_use_failed", failed_generation: "x" }),
  ],
  ["content_refused", 400, error({ message: "flagged", code: "content_policy_violation" })],
  [
    "content_refused",
    400,
    error({
      message: "filtered",
      code: "content_filter",
      innererror: { code: "ResponsibleAIPolicyViolation" },
    }),
  ],
  [
    "content_refused",
    403,
    error({ message: "Your chosen model requires moderation and your input was flagged", code: 403 }),
  ],
  ["context_too_long", 400, error({ message: "x", code: "context_length_exceeded" })],
  [
    "context_too_long",
    400,
    message("This model's maximum context length is 8192 tokens. However, you requested 9000"),
  ],
  [
    "context_too_long",
    400,
    JSON.stringify([
      {
        error: {
          code: 400,
          message: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
          status: "INVALID_ARGUMENT",
        },
      },
    ]),
  ],
  [
    "context_too_long",
    400,
    error({
      code: 400,
      message: "the request exceeds the available context size",
      type: "exceed_context_size_error",
      n_ctx: 4096,
    }),
  ],
  [
    "context_too_long",
    422,
    message("Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000"),
  ],
  ["context_too_long", 413, message("prompt is too long: 210000 tokens > 200000 maximum")],
  ["context_too_long", 400, message("Invalid request: Your request exceeded model token limit: 262144")],
  ["context_too_long", 400, message("Input is too long for requested model.")],
  ["context_too_long", 400, error({ message: "Prompt exceeds max length", code: "1261" })],
  [
    "context_too_long",
    400,
    JSON.stringify({
      code: "Client specified an invalid argument",
      error: "This model's maximum prompt length is 131072 but the request contains 136973 tokens.",
    }),
  ],
  [
    "context_too_long",
    400,
    error({
      message: "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 983616]",
      type: "invalid_request_error",
      code: "invalid_parameter_error",
    }),
  ],
  [
    "content_refused",
    403,
    JSON.stringify({
      code: "The caller does not have permission to execute the specified operation",
      error: "Content violates usage guidelines. Team: t, Model: grok-4, Failed check: SAFETY_CHECK_TYPE_BIO",
    }),
  ],
  [
    "content_refused",
    400,
    error({ message: "Content Exists Risk", type: "invalid_request_error", code: "invalid_request_error" }),
  ],
  ["content_refused", 400, message("The request was rejected because it was considered high risk")],
  [
    "content_refused",
    400,
    error({ message: "Input data may contain inappropriate content.", code: "data_inspection_failed" }),
  ],
  [
    "unsupported",
    404,
    error({
      message: "No endpoints found that support tool use. To learn more about routing, visit",
      code: 404,
    }),
  ],
  [
    "unsupported",
    404,
    error({ message: "No endpoints found that support the provided 'tool_choice' value.", code: 404 }),
  ],
  ["model_missing", 404, error({ message: "No endpoints found for someone/some-model.", code: 404 })],
  [
    "unsupported",
    400,
    error({
      message: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      type: "BadRequestError",
      code: 400,
    }),
  ],
  [
    "unsupported",
    500,
    error({ code: 500, message: "image input is not supported by this server", type: "server_error" }),
  ],
  [
    "unsupported",
    500,
    error({ code: 500, message: "tools param requires --jinja flag", type: "server_error" }),
  ],
  ["unsupported", 500, error({ code: 500, message: "Unsupported param: tools", type: "server_error" })],
  [
    "unsupported",
    400,
    error({
      message: "tool_choice 'required' is incompatible with thinking enabled",
      type: "invalid_request_error",
    }),
  ],
  [
    "upstream_auth",
    400,
    JSON.stringify({
      code: "Client specified an invalid argument",
      error: "Incorrect API key provided: na***ys. You can obtain an API key from https://console.x.ai.",
    }),
  ],
  [
    "upstream_auth",
    429,
    error({ message: "Your account is suspended, check your plan", type: "exceeded_current_quota_error" }),
  ],
  [
    "upstream_auth",
    400,
    error({
      message: "Access denied, please make sure your account is in good standing.",
      code: "Arrearage",
    }),
  ],
  ["upstream_auth", 401, error({ message: "Incorrect API key provided: sk-…abcd", code: "invalid_api_key" })],
  ["upstream_auth", 401, error({ code: "401", message: "Access denied due to invalid subscription key" })],
  ["upstream_auth", 402, message("Insufficient Balance")],
  ["upstream_auth", 403, message("Country not supported")],
  [
    "upstream_auth",
    400,
    error({
      code: 400,
      message: "API key not valid. Please pass a valid API key.",
      status: "INVALID_ARGUMENT",
    }),
  ],
  [
    "upstream_auth",
    400,
    error({ type: "invalid_request_error", message: "Your credit balance is too low to access the API." }),
  ],
  [
    "upstream_auth",
    429,
    error({
      message: "You exceeded your current quota, please check your plan and billing details.",
      type: "insufficient_quota",
      code: "insufficient_quota",
    }),
  ],
  ["upstream_auth", 503, error({ message: "insufficient credits", code: "insufficient_credits" })],
  [
    "rate_limited",
    429,
    error({ message: "Rate limit reached for requests", type: "requests", code: "rate_limit_exceeded" }),
  ],
  [
    "rate_limited",
    429,
    message("Rate limit reached. Need more tokens? Upgrade at https://console.groq.com/settings/billing"),
  ],
  [
    "rate_limited",
    429,
    message(
      "You can increase your rate limit by adding a payment method at https://platform.openai.com/account/billing.",
    ),
  ],
  [
    "rate_limited",
    429,
    JSON.stringify([
      {
        error: {
          code: 429,
          message:
            "You exceeded your current quota, please check your plan and billing details. Please retry in 34.4s",
          status: "RESOURCE_EXHAUSTED",
        },
      },
    ]),
  ],
  ["rate_limited", 429, "Too Many Requests"],
  [
    "rate_limited",
    413,
    error({
      message: "Request too large on tokens per minute (TPM)",
      type: "tokens",
      code: "rate_limit_exceeded",
    }),
  ],
  ["model_missing", 404, error({ message: "The model `gpt-9` does not exist", code: "model_not_found" })],
  ["model_missing", 404, JSON.stringify({ detail: "Not Found" })],
  ["model_missing", 404, "<html>404</html>"],
  ["model_missing", 405, ""],
  ["model_missing", 410, ""],
  [
    "model_missing",
    400,
    error({ message: "The model `x` has been decommissioned", code: "model_decommissioned" }),
  ],
  ["model_missing", 400, error({ message: "x is not a valid model ID", code: "model_not_found" })],
  ["timeout", 408, ""],
  ["timeout", 504, "<html>504 Gateway Time-out</html>"],
  ["timeout", 524, ""],
  ["overloaded", 498, message("Flex tier capacity exceeded")],
  ["overloaded", 500, error({ message: "The server had an error", type: "server_error" })],
  ["overloaded", 502, "<html>502</html>"],
  ["overloaded", 503, error({ code: 503, message: "Loading model", type: "unavailable_error" })],
  ["overloaded", 503, "server busy, please try again. maximum pending requests exceeded"],
  ["overloaded", 529, error({ type: "overloaded_error", message: "Overloaded" })],
  ["malformed", 301, ""],
  ["malformed", 307, "<html>moved</html>"],
];

test.each(rows)("%s: %d %s", (kind, status, body) => {
  const found = openaiFault(status, new Headers(), body, NOW_MS);
  expect(found).toMatchObject({ kind, status, retryAfterMs: null, beforeResponse: false });
});

test.each([
  "Invalid 'tools[0].function.name': 'insufficient_quota credit balance' does not match the pattern",
  'Invalid value: "maximum context length". Supported values are: 1',
  "Unknown parameter: `insufficient credits`",
  "Invalid value: 'image input is not supported'",
  'Invalid schema: "No endpoints found that support it"',
])("a caller whose text is quoted back cannot make the provider rest: %s", (text) =>
  expect(openaiFault(400, new Headers(), message(text), NOW_MS).kind).toBe("bad_request"));

test("the log's sentence holds the words for machines, never the message", () => {
  const body = error({ message: "prompt: my secret", type: "invalid_request_error", code: "x".repeat(500) });
  const { cause } = openaiFault(400, new Headers(), body, NOW_MS);
  expect(cause).toStartWith("HTTP 400 invalid_request_error xxx");
  expect(cause).not.toContain("secret");
  expect(cause.length).toBeLessThan(150);
});

test.each([
  [
    { error: { message: "m", type: "t", param: "p", code: "c" } },
    { message: "m", type: "t", param: "p", code: "c" },
  ],
  [{ error: { message: "m", code: 400 } }, { message: "m", type: null, param: null, code: "400" }],
  [
    { error: { message: "m", status: "NOT_FOUND", code: 404 } },
    { message: "m", type: "NOT_FOUND", param: null, code: "404" },
  ],
  [[{ error: { message: "m" } }], { message: "m", type: null, param: null, code: null }],
  [{ error: "m" }, { message: "m", type: null, param: null, code: null }],
  ["m", { message: "m", type: null, param: null, code: null }],
  [
    { message: "m", code: "c" },
    { message: "m", type: null, param: null, code: "c" },
  ],
  [{ detail: "m" }, { message: "m", type: null, param: null, code: null }],
  [{ detail: [{ msg: "m" }] }, { message: '[{"msg":"m"}]', type: null, param: null, code: null }],
  [{ error: {} }, { message: "the provider gave no message", type: null, param: null, code: null }],
  [
    { error: { message: { a: 1 }, type: 5, param: [], code: {} } },
    { message: "the provider gave no message", type: null, param: null, code: null },
  ],
])("the words of %j", (body, words) => expect(readError(body)).toEqual(words as never));

test.each(
  [null, undefined, 5, "", {}, [], [null], { error: null }, { error: 5 }].map((body) => [body] as const),
)("%j has no words", (body) => expect(readError(body)).toBeNull());

const embedded: [FaultKind, number | null, unknown][] = [
  ["rate_limited", 429, { code: 429, message: "x" }],
  ["bad_request", 400, { code: 400, message: "Token limit reached" }],
  ["overloaded", 502, { code: 502, message: "Provider returned error", metadata: { raw: "x" } }],
  ["upstream_auth", 402, { code: 402, message: "x" }],
  [
    "bad_request",
    400,
    { message: "x", type: "invalid_request_error", code: "tool_use_failed", status_code: 400 },
  ],
  ["bad_request", null, { message: "x", type: "invalid_request_error", code: "y" }],
  ["upstream_auth", null, { message: "x", code: "insufficient_quota" }],
  ["upstream_auth", null, { message: "Incorrect API key provided" }],
  ["rate_limited", null, { message: "x", code: "rate_limit_exceeded" }],
  ["rate_limited", null, "Too many requests"],
  ["model_missing", null, { message: "model x not found" }],
  ["context_too_long", null, { message: "maximum context length is 10" }],
  ["content_refused", null, { message: "x", code: "content_filter" }],
  ["overloaded", null, { message: "The server had an error", type: "server_error" }],
  ["overloaded", null, { message: "something" }],
  ["overloaded", null, { code: 7, message: "x" }],
  ["overloaded", null, {}],
];

test.each(embedded)("%s (%p): an error in a 200 %j", (kind, status, raw) =>
  expect(embeddedFault(raw)).toMatchObject({ kind, status }));

test.each([
  [{ "retry-after": "7" }, 7000],
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": " 1.5 " }, 1500],
  [{ "retry-after-ms": "250.2", "retry-after": "7" }, 251],
  [{ "retry-after-ms": "soon", "retry-after": "7" }, 7000],
  [{ "retry-after": "Sun, 22 Nov 2026 12:00:30 GMT" }, 30_000],
  [{ "retry-after": "Sunday, 22-Nov-26 12:00:30 GMT" }, null],
  [{ "retry-after": "Sun, 22 Nov 2026 11:00:00 GMT" }, 0],
  [{ "retry-after": "99999999" }, 86_400_000],
  [{ "retry-after": "Sun, 22 Nov 2099 12:00:00 GMT" }, 86_400_000],
  [{ "retry-after": "-3" }, null],
  [{ "retry-after": "6m0s" }, null],
  [{ "retry-after": "in 5 seconds" }, null],
  [{ "retry-after": "" }, null],
  [{}, null],
])("%j waits %p ms", (headers, waitMs) => {
  expect(retryAfterMs(new Headers(headers as Record<string, string>), NOW_MS)).toBe(waitMs as never);
});
