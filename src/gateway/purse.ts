import type { BudgetRefusal } from "../budget/account.ts";
import type { Spending } from "../budget/balances.ts";
import type { Holding } from "../budget/budgets.ts";
import { defaultOutputLimit, holdBound, NO_OUTPUT, type OutputBound } from "../budget/hold-bound.ts";
import { countedBound, type PromptBound, promptBound, promptTexts } from "../budget/prompt-bound.ts";
import type { Deployment } from "../core/deployment.ts";
import type { JsonObject } from "../core/json.ts";
import type { Gateway, Incoming, Snapshot, Upstream } from "./gateway.ts";
import type { ParsedRequest } from "./parse.ts";

/** A candidate may be called: what it can cost is put aside. */
export interface Funded {
  /** With the output limit that is sent. */
  request: ParsedRequest;
  /** What was added to it. */
  added: readonly string[];
  /** Tokens of prompt that were put aside for; null = no budget pays, or nobody can say. */
  promptTokens: number | null;
  /** Tokens that all answers together may have, as the upstream is told; null = it is told no limit. */
  outputTokens: number | null;
  /** What passes that limit is cut: a budget pays for no more. */
  isCut: boolean;
}

/** A candidate that is left uncalled because of money. */
export interface Unfunded {
  reason: "over_budget" | "price_unknown";
  refusal: BudgetRefusal;
}

interface PurseInput {
  gateway: Pick<Gateway, "funds" | "countTokens" | "unknownPriceOf">;
  incoming: Pick<Incoming, "sequence" | "timeMs" | "caller" | "operation">;
  snapshot: Pick<Snapshot, "budgets">;
  request: ParsedRequest;
}

/** No text has fewer tokens than this part of its bytes, near enough to say whether counting can help. */
const MOST_BYTES_PER_TOKEN = 16;

/** What one request may spend: asked before each attempt, for as long as the request lasts. */
export class Purse {
  private readonly input: PurseInput;
  private readonly spending: Spending;
  private readonly choices: number;
  private readonly askedTokens: number | null;
  private readonly unchanged: Funded;
  /** The prompt once a tokenizer has counted it. */
  private counted: PromptBound | null = null;
  /** That was tried in vain: the next candidate waits for no second try. */
  private isUncountable = false;

  constructor(input: PurseInput) {
    this.input = input;
    const { request, incoming } = input;
    const { sequence, timeMs, caller } = incoming;
    this.spending = { sequence, timeMs, orgId: caller.orgId, keyId: caller.keyId };
    this.choices = countIn(request.body.n) ?? 1;
    this.askedTokens = incoming.operation === "chat" ? mostOutputAsked(request.body) : null;
    const outputTokens = this.askedTokens === null ? null : this.askedTokens * this.choices;
    this.unchanged = { request, added: [], promptTokens: null, outputTokens, isCut: false };
  }

  /**
   * Puts aside what a call of this deployment may cost; nothing may go upstream before this has resolved. `billedNanoUsd`
   * is what the request's failed attempts were billed.
   */
  async fund(upstream: Upstream, deployment: Deployment, billedNanoUsd: number): Promise<Funded | Unfunded> {
    const first = await this.tryToHold(upstream, deployment, billedNanoUsd, this.prompt());
    if (!("refusal" in first) || first.reason !== "over_budget") return first;
    if (!(await this.count(deployment, billedNanoUsd))) return first;
    return this.tryToHold(upstream, deployment, billedNanoUsd, this.prompt());
  }

  /** Why no budget would pay for a call of this deployment now; nothing is put aside. Null = one would, or none has to. */
  async lacks(deployment: Deployment): Promise<Unfunded["reason"] | null> {
    const leftNanoUsd = this.input.gateway.funds.balances.leftFor(this.spending);
    if (leftNanoUsd === null || isFree(deployment)) return null;
    if (!deployment.price && this.refusedUnpriced()) return "price_unknown";
    const fits = () => {
      const output = this.outputFor(deployment, this.prompt(), leftNanoUsd);
      return (holdBound(deployment, this.prompt(), output) ?? 1) <= leftNanoUsd;
    };
    return fits() || ((await this.count(deployment, 0)) && fits()) ? null : "over_budget";
  }

  private async tryToHold(
    upstream: Upstream,
    deployment: Deployment,
    billedNanoUsd: number,
    prompt: Readonly<PromptBound>,
  ): Promise<Funded | Unfunded> {
    const { funds } = this.input.gateway;
    const leftNanoUsd = isFree(deployment) ? null : funds.balances.leftFor(this.spending, billedNanoUsd);
    const unpriced = leftNanoUsd !== null && deployment.price === null && this.refusedUnpriced();
    if (unpriced) return unpriced;
    const output = this.outputFor(deployment, prompt, leftNanoUsd);
    const held = funds.hold(this.holdingOf(deployment), {
      amountNanoUsd: holdBound(deployment, prompt, output),
      billedNanoUsd,
    });
    const refusal = held instanceof Promise ? await held : held;
    if (refusal) return { reason: "over_budget", refusal };
    return leftNanoUsd === null ? this.unchanged : this.limited(upstream, output, tokensIn(prompt));
  }

  private holdingOf({ providerId: provider, model }: Deployment): Holding {
    const { incoming, request } = this.input;
    const { operation } = incoming;
    const { requestedModel, stream } = request;
    return { ...this.spending, operation, requestedModel, stream, provider, model };
  }

  /** What is held for: the caller's own limit, else one of ours. One token at least, so that what is too dear is refused. */
  private outputFor(
    deployment: Deployment,
    prompt: Readonly<PromptBound>,
    leftNanoUsd: number | null,
  ): OutputBound {
    if (this.input.incoming.operation === "embeddings") return NO_OUTPUT;
    const { choices, askedTokens } = this;
    if (askedTokens !== null) return { limitTokens: askedTokens, choices };
    const { defaultOutputTokens: defaultTokens } = this.input.snapshot.budgets;
    const limitTokens = defaultOutputLimit({ deployment, prompt, choices, defaultTokens, leftNanoUsd });
    return { limitTokens: Math.max(1, limitTokens), choices };
  }

  /** The request as a budget lets it go up: never without an output limit. */
  private limited(
    { provider }: Upstream,
    { limitTokens, choices }: OutputBound,
    promptTokens: number | null,
  ): Funded {
    const { request, incoming, snapshot } = this.input;
    if (incoming.operation === "embeddings") return { ...this.unchanged, promptTokens };
    const isCut = snapshot.budgets.onLimit === "cut";
    const outputTokens = limitTokens * choices;
    const held = { promptTokens, outputTokens, isCut };
    if (this.askedTokens !== null) return { request, added: [], ...held };
    // Servers that nobody described to us may be older than the new name; all of them know the old one.
    const isUnknown = provider.dialect === "openai" && provider.presetId === null;
    const field = isUnknown ? "max_tokens" : "max_completion_tokens";
    // What stands there is null, or no number.
    const { max_tokens: _, max_completion_tokens: __, ...rest } = request.body;
    const body = { ...rest, [field]: limitTokens };
    return { request: { ...request, body }, added: [field], ...held };
  }

  private refusedUnpriced(): Unfunded | null {
    const { gateway, snapshot } = this.input;
    const { keyId, orgId, timeMs } = this.spending;
    if ((gateway.unknownPriceOf(orgId) ?? snapshot.budgets.unknownPrice) === "allow") return null;
    const { balances } = gateway.funds;
    const refusal =
      balances.figures({ scope: "key", id: keyId }, timeMs) ??
      balances.figures({ scope: "org", id: orgId }, timeMs);
    return refusal && { reason: "price_unknown", refusal: { ...refusal, neededNanoUsd: null } };
  }

  private prompt(): Readonly<PromptBound> {
    return this.counted ?? promptBound(this.input.request.body, this.input.incoming.operation);
  }

  /** A second look at a prompt that does not fit; false = it was not counted now, or counting cannot help. */
  private async count(deployment: Deployment, billedNanoUsd: number): Promise<boolean> {
    if (this.counted || this.isUncountable) return false;
    const { gateway, request, incoming } = this.input;
    const bound = promptBound(request.body, incoming.operation);
    const least = { ...bound, textTokens: Math.floor(bound.textTokens / MOST_BYTES_PER_TOKEN) };
    const limitTokens = incoming.operation === "embeddings" ? 0 : (this.askedTokens ?? 1);
    const leastNanoUsd = holdBound(deployment, least, { limitTokens, choices: this.choices });
    const leftNanoUsd = gateway.funds.balances.leftFor(this.spending, billedNanoUsd) ?? 0;
    if (leastNanoUsd === null || leastNanoUsd > leftNanoUsd) return false;
    const { texts, aroundTokens } = promptTexts(request.body, incoming.operation);
    const tokens = await gateway.countTokens(texts, this.spending.orgId);
    this.isUncountable = tokens === null;
    if (tokens === null) return false;
    this.counted = countedBound(bound, tokens + aroundTokens);
    return true;
  }
}

/** A whole number of at least 1; null = none, or what a rule set is no such number. */
function countIn(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1 ? value : null;
}

/** Who names both limits is told by neither which one an upstream keeps. */
function mostOutputAsked({ max_completion_tokens, max_tokens }: Readonly<JsonObject>): number | null {
  const limits = [countIn(max_completion_tokens), countIn(max_tokens)].filter((limit) => limit !== null);
  return limits.length === 0 ? null : Math.max(...limits);
}

function tokensIn({ textTokens, attachedTokens, unsizedFiles }: Readonly<PromptBound>): number | null {
  return unsizedFiles > 0 ? null : textTokens + attachedTokens;
}

function isFree({ price }: Deployment): boolean {
  if (!price) return false;
  const { input, output, cachedInput, cacheWrite, reasoning } = price;
  return input + output + (cachedInput ?? 0) + (cacheWrite ?? 0) + (reasoning ?? 0) === 0;
}
