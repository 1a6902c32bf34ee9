/**
 * What a provider says it processed, in disjoint buckets that sum: `prompt = input + cachedRead + cacheWrite`,
 * `completion = output + reasoning`. A bucket the provider did not tell is 0 inside a told total; a usage that
 * was not told at all is `null`, never zeros.
 */
export interface Usage {
  /** Prompt tokens billed at the plain input price. */
  input: number;
  /** Prompt tokens read from the provider's prompt cache. */
  cachedRead: number;
  /** Prompt tokens written into the provider's prompt cache. */
  cacheWrite: number;
  /** Completion tokens that are the visible answer. */
  output: number;
  /** Completion tokens spent on reasoning. */
  reasoning: number;
}

/**
 * Who told the figures: `provider`, `counted` by us (an estimate), `held` (the hold was billed after a crash),
 * or `none` (nothing was processed).
 */
export type UsageSource = "provider" | "counted" | "held" | "none";

export const NO_USAGE: Usage = Object.freeze({
  input: 0,
  cachedRead: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
});

export function promptTokens(usage: Usage): number {
  return usage.input + usage.cachedRead + usage.cacheWrite;
}

export function completionTokens(usage: Usage): number {
  return usage.output + usage.reasoning;
}

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    input: a.input + b.input,
    cachedRead: a.cachedRead + b.cachedRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}
