import fc from "fast-check";
import { costOf } from "../catalog/cost.ts";
import type { Price } from "../core/deployment.ts";
import type { Usage } from "../core/usage.ts";
import type { Answer, UpstreamRequest } from "./scripted-upstream.ts";

/** What a call of a candidate comes to. `hang`: a few words of a stream, and then nothing until the client leaves. */
export type Fate = "answers" | "fails" | "fails and bills" | "hangs";

export interface RandomRequest {
  prompt: string;
  n: number;
  maxTokens: number | null;
  stream: boolean;
  models: string[];
  /** By the first letter of a model. */
  fates: Record<string, Fate>;
  /** What is billed, as fractions of the most it may be. */
  used: { prompt: number; cached: number; output: number; reasoning: number };
  delayMs: number;
}

/** From 0 to `most`, small ones more often; without fast-check's fondness of the ends, which nothing is bought at. */
export function amountTo(most: number): fc.Arbitrary<number> {
  return fc.noBias(fc.integer({ min: 0, max: 1000 })).map((it) => Math.floor(most * (it / 1000) ** 2));
}

/** Up to 60 USD per million tokens. */
const rate = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 5, arbitrary: amountTo(60_000_000_000) },
);
const fraction = fc.noBias(fc.integer({ min: 0, max: 1000 })).map((it) => it / 1000);
/** All that may be, as a rule: nothing else comes near a limit. */
const mostly = fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fraction });
const hardly = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fraction });
const fate = fc.constantFrom<Fate>("answers", "answers", "answers", "fails", "fails and bills", "hangs");

export const randomPrice: fc.Arbitrary<Price> = fc.record({
  input: rate,
  output: rate,
  cachedInput: fc.option(rate),
  cacheWrite: fc.option(rate),
  reasoning: fc.option(rate),
  source: fc.constant("config"),
  asOf: fc.constant(null),
});

export const randomRequest: fc.Arbitrary<RandomRequest> = fc.record({
  prompt: fc.string({ unit: "grapheme", maxLength: 60 }),
  n: fc.noBias(fc.integer({ min: 1, max: 3 })),
  maxTokens: fc.option(fc.noBias(fc.integer({ min: 1, max: 60 })), { freq: 2 }),
  stream: fc.boolean(),
  models: fc.constantFrom(["a"], ["b"], ["a", "b"], ["b", "a"]),
  fates: fc.record({ a: fate, b: fate }),
  used: fc.record({ prompt: mostly, cached: hardly, output: mostly, reasoning: hardly }),
  delayMs: fc.integer({ min: 0, max: 3 }),
});

/** Tokens that a provider counts: never more than the bytes of what it was sent, nor than it was told to write. */
export function usageOf(asked: RandomRequest, { body }: Pick<UpstreamRequest, "body">): Usage {
  const { used, n, prompt } = asked;
  const most = body.max_tokens ?? body.max_completion_tokens;
  const prompted = Math.floor(used.prompt * (Buffer.byteLength(prompt) + 16));
  const written = Math.floor(used.output * (typeof most === "number" ? most : 25) * n);
  const cachedRead = Math.floor(used.cached * prompted);
  const reasoning = Math.floor(used.reasoning * written);
  return { input: prompted - cachedRead, cachedRead, cacheWrite: 0, output: written - reasoning, reasoning };
}

/** As an OpenAI-like provider tells and does it. Returns what the call is billed, nano-USD; nothing for what hangs. */
export function play(asked: RandomRequest, request: UpstreamRequest, answer: Answer, price: Price): number {
  const model = String(request.body.model);
  const usage = usageOf(asked, request);
  const cost = costOf(usage, price);
  const told = wireUsage(usage);
  const event = (fields: object) =>
    answer.chunk(
      `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model, ...fields })}\n\n`,
    );
  const choice = (delta: object, finish: string | null) => ({
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const fate = asked.fates[model.charAt(0)] ?? "fails";
  if (!asked.stream) {
    if (fate === "answers") answer.json(200, wholeAnswer(model, told));
    else if (fate !== "hangs") answer.json(503, REFUSAL);
    return fate === "answers" ? cost : 0;
  }
  if (fate === "fails") {
    answer.json(503, REFUSAL);
    return 0;
  }
  answer.startStream();
  if (fate === "fails and bills") {
    event({ choices: [], usage: told });
    answer.chunk(`data: {"error":{"message":"broken","type":"server_error","code":null}}\n\n`);
    answer.endStream();
    return cost;
  }
  event(choice({ role: "assistant", content: "words " }, null));
  if (fate === "hangs") return 0;
  event(choice({}, "stop"));
  event({ choices: [], usage: told });
  answer.chunk("data: [DONE]\n\n");
  answer.endStream();
  return cost;
}

const REFUSAL = { error: { message: "no", type: "x", param: null, code: null } };

function wireUsage({ input, cachedRead, output, reasoning }: Usage) {
  return {
    prompt_tokens: input + cachedRead,
    completion_tokens: output + reasoning,
    total_tokens: input + cachedRead + output + reasoning,
    prompt_tokens_details: { cached_tokens: cachedRead },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

function wholeAnswer(model: string, usage: object) {
  const message = { role: "assistant", content: "words", refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
  return { id: "c", object: "chat.completion", created: 1, model, choices, usage };
}
