import type { Deployment } from "../core/deployment.ts";

const PER_MILLION = 1_000_000;
/** What an answer is expected to take where the caller sets no limit, tokens. */
const USUAL_OUTPUT_TOKENS = 512;

/** Tokens an answer is expected to have: the caller's limit, else 512, at most what the model can. */
export function expectedOutput(deployment: Deployment, outputTokens: number | null): number {
  const wanted = outputTokens ?? USUAL_OUTPUT_TOKENS;
  return Math.min(wanted, deployment.maxOutputTokens ?? wanted);
}

/**
 * Nano-USD this request is expected to cost there, rounded up; null = its price is unknown. An estimate for comparing,
 * never for billing: above 2⁵³ the sum is inexact.
 */
export function expectedCost(
  deployment: Deployment,
  promptTokens: number,
  outputTokens: number | null,
): number | null {
  const { price } = deployment;
  if (!price) return null;
  const output = expectedOutput(deployment, outputTokens);
  return Math.ceil((promptTokens * price.input + output * price.output) / PER_MILLION);
}

/** Nano-USD the prompt alone is expected to cost, rounded up; null = the price is unknown. */
export function expectedInputCost({ price }: Deployment, promptTokens: number): number | null {
  return price && Math.ceil((promptTokens * price.input) / PER_MILLION);
}
