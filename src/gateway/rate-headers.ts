import type { RateLeft, RateStanding } from "../budget/rate-limits.ts";

/** OpenAI's names: https://platform.openai.com/docs/guides/rate-limits */
export function rateHeaders({ requests, tokens }: RateStanding): Record<string, string> {
  const headers: Record<string, string> = {};
  if (requests) addLeft(headers, "requests", requests);
  if (tokens) addLeft(headers, "tokens", tokens);
  return headers;
}

function addLeft(
  headers: Record<string, string>,
  what: string,
  { limit, remaining, resetMs }: RateLeft,
): void {
  headers[`x-ratelimit-limit-${what}`] = String(limit);
  headers[`x-ratelimit-remaining-${what}`] = String(remaining);
  headers[`x-ratelimit-reset-${what}`] = goDuration(resetMs);
}

/** As Go writes durations, and OpenAI with it: `0s`, `20ms`, `1.5s`, `1m0s`. Rounded up to whole milliseconds. */
export function goDuration(ms: number): string {
  const whole = Math.ceil(ms);
  if (whole === 0) return "0s";
  if (whole < 1_000) return `${whole}ms`;
  const minutes = Math.floor(whole / 60_000);
  const seconds = `${(whole % 60_000) / 1_000}s`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
