import type { RateLimit } from "../../core/rate-limit.ts";
import { z } from "./contract.ts";

const figure = (description: string) =>
  z
    .number()
    .nullable()
    .openapi({ type: ["integer", "null"], minimum: 0, description });

/** Null = no limit; 0 = nothing may pass. */
export const rateLimitSchema = z
  .object({
    rpm: figure("Requests per minute."),
    tpm: figure("Tokens per minute, those of prompts and answers."),
    max_parallel: figure("Requests at once."),
  })
  .openapi("RateLimit");

/** As a body may say it: given whole, so what it leaves out is not limited; null = no limit at all. */
export const rateLimitWanted = z.strictObject(rateLimitSchema.partial().shape).nullable().optional();

/** Undefined stays undefined: unchanged, or the default. */
export function rateLimitOf(given: z.output<typeof rateLimitWanted>): RateLimit | null | undefined {
  if (!given) return given;
  return { rpm: given.rpm ?? null, tpm: given.tpm ?? null, maxParallel: given.max_parallel ?? null };
}

export function showRateLimit(limit: RateLimit | null): z.output<typeof rateLimitSchema> | null {
  return limit && { rpm: limit.rpm, tpm: limit.tpm, max_parallel: limit.maxParallel };
}
