import { readFileSync } from "node:fs";
import { TASKS, type Task } from "../../src/config/words.ts";
import type { Capability } from "../../src/core/deployment.ts";
import { type LabelledPrompt, readPrompts } from "../classifier/labelled-prompt.ts";
import { Random } from "./random.ts";

export interface SimulatedRequest {
  /** Place in the stream, from 0. */
  index: number;
  /** When it comes, ms since the beginning. */
  atMs: number;
  /** What it really is; the classifier has to find out. */
  task: Task;
  messages: readonly unknown[];
  promptTokens: number;
  /** What an answer takes, whoever gives it. */
  answerTokens: number;
  /** The caller's limit; null = none. */
  limitTokens: number | null;
  needs: readonly Capability[];
}

/** How many of a hundred requests are what. */
const SHARES: Readonly<Record<Task, number>> = {
  chat: 0.45,
  code: 0.25,
  reasoning: 0.12,
  summary: 0.13,
  long_context: 0.05,
};

/** Median tokens of prompt and answer. */
const TOKENS: Readonly<Record<Task, readonly [number, number]>> = {
  chat: [200, 250],
  code: [900, 600],
  reasoning: [400, 900],
  summary: [4_000, 220],
  long_context: [40_000, 350],
};

/** No window of the fleet is smaller than this and the longest answer together. */
const LONGEST_PROMPT = 110_000;

const NEEDS: Readonly<Record<"none" | "tools" | "json_schema" | "vision", number>> = {
  none: 0.72,
  tools: 0.15,
  json_schema: 0.08,
  vision: 0.05,
};

/** The prompts that the classifier's own bench keeps, by what they are. */
function labelledPrompts(): ReadonlyMap<string, readonly LabelledPrompt[]> {
  const file = new URL("../classifier/prompts.jsonl", import.meta.url);
  const prompts = readPrompts(readFileSync(file, "utf8"));
  const byTask = Map.groupBy(prompts, ({ task_class }) => task_class);
  for (const task of TASKS) if (!byTask.has(task)) throw new Error(`no prompt is labelled ${task}`);
  return byTask;
}

/** Requests that come by chance, `perSecond` on average. The same seed gives the same stream. */
export function requestStream(seed: number, perSecond: number, seconds: number): SimulatedRequest[] {
  const random = new Random(`stream ${seed}`);
  const prompts = labelledPrompts();
  const stream: SimulatedRequest[] = [];
  const gapMs = 1000 / perSecond;
  for (let atMs = random.exponential(gapMs); atMs < seconds * 1000; atMs += random.exponential(gapMs)) {
    const task = random.byShare(SHARES);
    const [promptMedian, answerMedian] = TOKENS[task];
    const need = random.byShare(NEEDS);
    stream.push({
      index: stream.length,
      atMs,
      task,
      messages: random.oneOf(prompts.get(task) ?? []).messages,
      promptTokens: Math.min(LONGEST_PROMPT, Math.ceil(random.logNormal(promptMedian, 0.7))),
      answerTokens: Math.min(4_096, Math.ceil(random.logNormal(answerMedian, 0.6))),
      limitTokens: random.fraction() < 0.2 ? 4_096 : null,
      needs: need === "none" ? [] : [need],
    });
  }
  return stream;
}
