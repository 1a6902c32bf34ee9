import type { Deployment, Price } from "../core/deployment.ts";
import type { PromptBound } from "./prompt-bound.ts";

/** What a request can get back at most. */
export interface OutputBound {
  /** The output limit that is sent upstream, tokens. */
  limitTokens: number;
  /** `n`: how many answers were asked for. */
  choices: number;
}

/** Embeddings have none. */
export const NO_OUTPUT: OutputBound = Object.freeze({ limitTokens: 0, choices: 0 });

/** What a file of unknown size may be read as where the model's window is not known either, tokens. */
const UNKNOWN_WINDOW = 1_000_000;
const TOKENS_PER_PRICE = 1_000_000n;
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

type Target = Pick<Deployment, "price" | "contextLength">;

/**
 * The most that a call can cost, in nano-USD, rounded up once: every bucket at the dearest price of its side. 0 where
 * nothing is paid; null = the price is unknown. BigInt, because these products pass what a double holds.
 */
export function holdBound(
  target: Target,
  prompt: Readonly<PromptBound>,
  { limitTokens, choices }: OutputBound,
): number | null {
  const { price } = target;
  if (!price) return null;
  const output = BigInt(limitTokens) * BigInt(choices) * outputPrice(price);
  return atMostSafe((promptCost(target, price, prompt) + output + TOKENS_PER_PRICE - 1n) / TOKENS_PER_PRICE);
}

export interface LimitAsked {
  deployment: Target & Pick<Deployment, "maxOutputTokens">;
  prompt: Readonly<PromptBound>;
  choices: number;
  /** `budgets.default_output_tokens` */
  defaultTokens: number;
  /** What the budgets leave for this request, nano-USD; null = no budget. */
  leftNanoUsd: number | null;
}

/**
 * The output limit for a caller who names none: what the model can, the operator's default, or what is left pays for,
 * whichever is least. Under a budget it is sent upstream, held and named; without one it is only held. 0 = what is left
 * does not pay for one token of output: the candidate does not fit.
 */
export function defaultOutputLimit(asked: LimitAsked): number {
  const { deployment, prompt, choices, defaultTokens, leftNanoUsd } = asked;
  const usual = Math.min(defaultTokens, deployment.maxOutputTokens ?? defaultTokens);
  const { price } = deployment;
  if (leftNanoUsd === null || !price) return usual;
  const left = BigInt(Math.max(0, leftNanoUsd)) * TOKENS_PER_PRICE - promptCost(deployment, price, prompt);
  if (left < 0n) return 0;
  const perToken = BigInt(choices) * outputPrice(price);
  return perToken === 0n ? usual : Math.min(usual, atMostSafe(left / perToken));
}

/** Nano-USD times a million. */
function promptCost(
  { contextLength }: Target,
  { input, cacheWrite, cachedInput }: Price,
  prompt: Readonly<PromptBound>,
): bigint {
  const seen = prompt.textTokens + prompt.attachedTokens;
  const tokens = prompt.unsizedFiles > 0 ? Math.max(seen, contextLength ?? UNKNOWN_WINDOW) : seen;
  return BigInt(tokens) * BigInt(Math.max(input, cacheWrite ?? 0, cachedInput ?? 0));
}

function outputPrice({ output, reasoning }: Price): bigint {
  return BigInt(Math.max(output, reasoning ?? 0));
}

function atMostSafe(amount: bigint): number {
  return amount > MOST ? Number.MAX_SAFE_INTEGER : Number(amount);
}
