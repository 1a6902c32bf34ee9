import type { Price } from "../core/deployment.ts";
import { completion, usageOf } from "./openai-replies.ts";
import { type Answer, ScriptedUpstream, type UpstreamRequest } from "./scripted-upstream.ts";

/** Tokens that one call is billed. */
export interface Billed {
  prompt: number;
  completion: number;
}

/** May wait before it says what a call is billed, or fail it by null (500). */
export type BillingPlan = (
  request: UpstreamRequest,
  /** From 1. */
  call: number,
) => Promise<Billed | null> | Billed | null;

type Rates = Pick<Price, "input" | "output">;

/**
 * An upstream that bills: each call for as many tokens as `plan` says, never more output than it was told, and it keeps
 * the sum, so that a ledger can be held against what was really worked.
 */
export class BillingUpstream {
  readonly upstream: ScriptedUpstream;
  /** Nano-USD of every call that was answered. */
  billedNanoUsd = 0;
  calls = 0;
  private readonly rates: Rates;

  private constructor(upstream: ScriptedUpstream, rates: Rates) {
    this.upstream = upstream;
    this.rates = rates;
  }

  static async start(rates: Rates, plan: BillingPlan): Promise<BillingUpstream> {
    const upstream = await ScriptedUpstream.start();
    const billing = new BillingUpstream(upstream, rates);
    upstream.on("*", async (request, answer) => {
      billing.calls += 1;
      const billed = await plan(request, billing.calls);
      if (billed === null)
        answer.json(500, { error: { message: "no", type: "server_error", param: null, code: null } });
      else billing.answer(request, answer, billed);
    });
    return billing;
  }

  get baseUrl(): string {
    return this.upstream.baseUrl;
  }

  stop(): Promise<void> {
    return this.upstream.stop();
  }

  private answer(request: UpstreamRequest, answer: Answer, { prompt, completion: wanted }: Billed): void {
    const { body } = request;
    const limit = body.max_completion_tokens ?? body.max_tokens;
    const choices = typeof body.n === "number" ? body.n : 1;
    const completed = typeof limit === "number" ? Math.min(wanted, limit * choices) : wanted;
    const usage = { prompt, completion: completed };
    this.billedNanoUsd += costOf(usage, this.rates);
    if (body.stream !== true)
      return answer.json(200, completion(String(body.model), "x ".repeat(completed), usage));
    answer.startStream();
    const event = (fields: object) =>
      answer.chunk(
        `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: body.model, ...fields })}\n\n`,
      );
    event({
      choices: [
        { index: 0, delta: { role: "assistant", content: "x ".repeat(completed) }, finish_reason: null },
      ],
    });
    event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
    event({ choices: [], usage: usageOf(usage) });
    answer.chunk("data: [DONE]\n\n");
    answer.endStream();
  }
}

/** As a provider bills: per token, exactly. */
export function costOf({ prompt, completion: completed }: Billed, { input, output }: Rates): number {
  const product = BigInt(prompt) * BigInt(input) + BigInt(completed) * BigInt(output);
  return Number((product + 999_999n) / 1_000_000n);
}
