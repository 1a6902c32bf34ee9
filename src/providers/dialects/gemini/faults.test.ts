import { describe, expect, test } from "bun:test";
import { geminiFault } from "./faults.ts";

const NOW_MS = Date.parse("2026-11-22T12:00:00Z");
const reply = (code: number, status: string, message: string, details?: unknown[]) =>
  JSON.stringify({ error: { code, message, status, ...(details ? { details } : {}) } });
const reason = (word: string) => [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: word }];
const quota = (quotaId: string, quotaValue = "50", delay = "34.4s") => [
  { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId, quotaValue }] },
  { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: delay },
];

describe("a refusal of Google's", () => {
  test.each([
    [400, "INVALID_ARGUMENT", "Invalid value at 'generation_config.top_k'", undefined, "bad_request"],
    [400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", undefined, "upstream_auth"],
    [400, "INVALID_ARGUMENT", "API key expired.", reason("API_KEY_INVALID"), "upstream_auth"],
    [
      400,
      "FAILED_PRECONDITION",
      "User location is not supported for the API use.",
      undefined,
      "upstream_auth",
    ],
    [
      400,
      "INVALID_ARGUMENT",
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      undefined,
      "context_too_long",
    ],
    [401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", undefined, "upstream_auth"],
    [
      403,
      "PERMISSION_DENIED",
      "Generative Language API is disabled.",
      reason("SERVICE_DISABLED"),
      "upstream_auth",
    ],
    [403, "PERMISSION_DENIED", "The caller does not have permission", undefined, "upstream_auth"],
    [403, "PERMISSION_DENIED", "You do not have permission to access the File abc", undefined, "bad_request"],
    [404, "NOT_FOUND", "models/x is not found for API version v1beta", undefined, "model_missing"],
    [429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", undefined, "rate_limited"],
    [
      429,
      "RESOURCE_EXHAUSTED",
      "You exceeded your current quota",
      quota("RequestsPerMinute"),
      "rate_limited",
    ],
    [
      429,
      "RESOURCE_EXHAUSTED",
      "You exceeded your current quota",
      quota("RequestsPerDayFree"),
      "upstream_auth",
    ],
    [
      429,
      "RESOURCE_EXHAUSTED",
      "You exceeded your current quota",
      quota("InputTokens", "0"),
      "upstream_auth",
    ],
    [499, "CANCELLED", "The operation was cancelled.", undefined, "overloaded"],
    [500, "INTERNAL", "An internal error has occurred.", undefined, "overloaded"],
    [501, "UNIMPLEMENTED", "Not implemented.", undefined, "overloaded"],
    [503, "UNAVAILABLE", "The model is overloaded. Please try again later.", undefined, "overloaded"],
    [504, "DEADLINE_EXCEEDED", "The request timed out.", undefined, "timeout"],
  ] as const)("%i %s: %s", (status, word, message, details, kind) => {
    const body = reply(status, word, message, details ? [...details] : undefined);
    const found = geminiFault(status, new Headers(), body, NOW_MS);
    expect(found).toMatchObject({ kind, status });
    expect(found.error).toEqual({ message, type: null, param: null, code: null });
    expect(found.cause).toStartWith(`HTTP ${status} ${word}`);
    expect(found.cause).not.toContain(message);
    expect(geminiFault(status, new Headers(), `[${body}]`, NOW_MS)).toEqual(found);
  });

  test.each([
    "Penalty is not enabled for models/gemini-2.5-pro",
    "Unable to submit request because Logprobs is not supported for this model.",
    "Multiple candidates is not enabled for this model",
    "Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.",
    "Budget 0 is invalid. This model only works in thinking mode.",
    "Function calling with a response mime type: 'application/json' is unsupported",
    "Developer instruction is not enabled for models/gemma-3-27b-it",
    "Unsupported MIME type: image/gif",
    "Thought signature is not valid.",
  ])("of what this model cannot do leaves it to another: %s", (message) => {
    const body = reply(400, "INVALID_ARGUMENT", message);
    expect(geminiFault(400, new Headers(), body, NOW_MS)).toMatchObject({ kind: "unsupported", status: 400 });
  });

  test.each([
    ["The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", 1_048_576],
    ["The input token count exceeds the maximum number of tokens allowed 131072.", 131_072],
    ["The input token count exceeds the maximum number of tokens allowed.", undefined],
  ])("tells the window that was too small: %s", (message, windowTokens) => {
    const found = geminiFault(400, new Headers(), reply(400, "INVALID_ARGUMENT", message), NOW_MS);
    expect(found.kind).toBe("context_too_long");
    expect(found.windowTokens).toBe(windowTokens);
  });

  test.each([
    ["34.4s", {}, 34_400],
    ["0s", {}, 0],
    [`${"9".repeat(400)}s`, {}, 86_400_000],
    ["60s", { "retry-after": "5" }, 60_000],
    ["soon", { "retry-after": "5" }, 5000],
    ["soon", {}, null],
  ])("says when to come back: %s, %p", (delay, headers, expected) => {
    const body = reply(429, "RESOURCE_EXHAUSTED", "Slow down.", quota("PerMinute", "5", delay));
    expect(geminiFault(429, new Headers(headers), body, NOW_MS).retryAfterMs).toBe(expected);
  });

  test.each([
    "",
    "<html>Bad gateway</html>",
    "[]",
    "null",
    '{"error":"odd"}',
  ])("of any shape is typed: %p", (body) => {
    expect(geminiFault(502, new Headers(), body, NOW_MS)).toMatchObject({ kind: "overloaded", status: 502 });
  });
});
