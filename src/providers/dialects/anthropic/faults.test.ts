import { describe, expect, test } from "bun:test";
import { anthropicFault, errorInAnswer } from "./faults.ts";

const body = (type: string, message: string) =>
  JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" });
const NOW = Date.parse("2026-01-01T00:00:00Z");
const faultOf = (status: number, text: string, headers: Record<string, string> = {}) =>
  anthropicFault(status, new Headers(headers), text, NOW);

/** https://platform.claude.com/docs/en/api/errors, and 400s whose words say that they are something else */
const ERRORS = [
  [400, "invalid_request_error", "messages: field required", "bad_request"],
  [400, "invalid_request_error", "max_tokens: 99999 > 64000, which is the maximum allowed", "bad_request"],
  [400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", "context_too_long"],
  [
    400,
    "invalid_request_error",
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
    "context_too_long",
  ],
  [400, "invalid_request_error", "Output blocked by content filtering policy", "content_refused"],
  [400, "invalid_request_error", "Your credit balance is too low to access the API.", "upstream_auth"],
  [400, "invalid_request_error", "You have reached your specified API usage limits.", "upstream_auth"],
  [400, "invalid_request_error", "This organization has been disabled.", "upstream_auth"],
  [400, "invalid_request_error", 'tools.0: "You have reached your specified usage limits"', "bad_request"],
  [401, "authentication_error", "invalid x-api-key", "upstream_auth"],
  [402, "billing_error", "Payment failed.", "upstream_auth"],
  [403, "permission_error", "Your key may not use this.", "upstream_auth"],
  [404, "not_found_error", "model: claude-9", "model_missing"],
  [413, "request_too_large", "Request exceeds the maximum size", "context_too_long"],
  [429, "rate_limit_error", "Too many tokens this minute.", "rate_limited"],
  [500, "api_error", "Internal server error", "overloaded"],
  [504, "timeout_error", "Request timed out.", "timeout"],
  [529, "overloaded_error", "Overloaded", "overloaded"],
] as const;

describe("every documented error has its kind, by status and inside a 200", () => {
  test.each(ERRORS)("%d %s: %s", (status, type, message, kind) => {
    const error = { message, type, param: null, code: null };
    const found = faultOf(status, body(type, message));
    expect(found).toMatchObject({ kind, status, error, retryAfterMs: null });
    expect(errorInAnswer({ type, message })).toMatchObject({ kind, status, error });
    for (const cause of [found.cause, errorInAnswer({ type, message }).cause]) {
      expect(cause).toContain(type);
      expect(cause).not.toContain(message);
    }
  });
});

test("an error of no documented type inside a 200 is the provider's", () => {
  expect(errorInAnswer({ type: "odd_error", message: "?" })).toMatchObject({
    kind: "overloaded",
    status: 500,
  });
  expect(errorInAnswer({})).toMatchObject({ kind: "overloaded", status: 500 });
});

test.each([
  [502, "<html>bad gateway</html>", "overloaded"],
  [529, "", "overloaded"],
  [413, "<html>413 Request Entity Too Large</html>", "context_too_long"],
  [400, "[]", "bad_request"],
])("an answer of no form: %d %s", (status, text, kind) => {
  expect(faultOf(status, text)).toMatchObject({ kind, status, error: null });
});

describe("how long to wait", () => {
  const reset = "2026-01-01T00:00:30Z";
  const later = "2026-01-01T00:01:00Z";
  const limit = (name: string, remaining: string, at: string) => ({
    [`anthropic-ratelimit-${name}-remaining`]: remaining,
    [`anthropic-ratelimit-${name}-reset`]: at,
  });
  test.each([
    ["retry-after first", { "retry-after": "7", ...limit("requests", "0", reset) }, 7000],
    [
      "until the used-up limit is full",
      { ...limit("requests", "0", reset), ...limit("tokens", "5", later) },
      30_000,
    ],
    [
      "until all of them are",
      { ...limit("requests", "0", reset), ...limit("output-tokens", "0", later) },
      60_000,
    ],
    ["not at all where it is full", limit("input-tokens", "0", "2025-12-31T23:59:00Z"), 0],
    ["not told", limit("requests", "12", reset), null],
    ["not readable", limit("requests", "0", "soon"), null],
    ["a day at most", limit("requests", "0", "2027-01-01T00:00:00Z"), 86_400_000],
  ])("%s", (_, headers, retryAfterMs) => {
    expect(faultOf(429, body("rate_limit_error", "x"), headers).retryAfterMs).toBe(retryAfterMs);
  });
});
