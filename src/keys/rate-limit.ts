import type { RateLimit } from "../core/rate-limit.ts";

/** Null where it limits nothing, so that the hot path need not look inside. */
export function rateLimitOf(limit: RateLimit | null | undefined): RateLimit | null {
  if (!limit || (limit.rpm === null && limit.tpm === null && limit.maxParallel === null)) return null;
  return Object.freeze({ rpm: limit.rpm, tpm: limit.tpm, maxParallel: limit.maxParallel });
}

/** As the tables keep it. */
export function rateLimitText(limit: RateLimit | null): string | null {
  if (limit === null) return null;
  return JSON.stringify({ rpm: limit.rpm, tpm: limit.tpm, max_parallel: limit.maxParallel });
}

/** Trusts the table: only `rateLimitText` ever wrote it. */
export function readRateLimit(text: string | null): RateLimit | null {
  if (text === null) return null;
  const { rpm, tpm, max_parallel: maxParallel } = JSON.parse(text);
  return rateLimitOf({ rpm, tpm, maxParallel });
}
