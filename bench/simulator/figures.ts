import { expectedCost } from "../../src/routing/expected-cost.ts";
import { qualityAt } from "../../src/routing/order/quality.ts";
import type { Served } from "./attempt.ts";

/** One line of the report. What is told of answers leaves out requests that nobody answered. */
export interface Figures {
  /** USD of a thousand answers. */
  costPerThousandUsd: number;
  /** 0–100, mean over the answers of the model's rating at what the prompt really was. */
  quality: number;
  ttftP50Ms: number;
  ttftP99Ms: number;
  /** Share of requests that were answered. */
  success: number;
  callsPerRequest: number;
}

export function figuresOf(served: readonly Served[]): Figures {
  let [costUsd, quality, calls] = [0, 0, 0];
  const ttftMs: number[] = [];
  for (const { by, request, ...one } of served) {
    calls += one.calls;
    if (!by) continue;
    costUsd += (expectedCost(by, request.promptTokens, request.answerTokens) ?? 0) / 1e9;
    quality += qualityAt(by, request.task);
    ttftMs.push(one.ttftMs);
  }
  ttftMs.sort((a, b) => a - b);
  const at = (share: number) => ttftMs[Math.min(ttftMs.length - 1, Math.floor(share * ttftMs.length))] ?? 0;
  const answers = Math.max(1, ttftMs.length);
  return {
    costPerThousandUsd: (costUsd / answers) * 1000,
    quality: quality / answers,
    ttftP50Ms: at(0.5),
    ttftP99Ms: at(0.99),
    success: ttftMs.length / Math.max(1, served.length),
    callsPerRequest: calls / Math.max(1, served.length),
  };
}
