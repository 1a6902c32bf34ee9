import type { Plan } from "../routing/decision.ts";
import { expectedOutput } from "../routing/expected-cost.ts";
import { embeddingTokensOf, outputLimitOf, type ParsedRequest } from "./parse.ts";

/**
 * Tokens a request is likely to take, before anybody counted: its prompt and each answer it asks for, which is the
 * caller's limit, else 512, at most what the model can. Embeddings have no answer; their inputs add up.
 */
export function tokensOf({ body, route }: ParsedRequest, { preferred }: Plan): number {
  if (route.kind === "embedding") return embeddingTokensOf(body.input);
  const answers = typeof body.n === "number" ? body.n : 1;
  return route.promptTokens + answers * expectedOutput(preferred.deployment, outputLimitOf(body));
}
