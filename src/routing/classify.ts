import type { Industry, Task } from "../config/words.ts";
import type { Classification, Classifier } from "./classifier.ts";
import { industryOf } from "./classify/industry.ts";
import { score } from "./classify/score.ts";
import { readSigns, type Signs } from "./classify/signs.ts";
import { readTurns, type Turns } from "./classify/turns.ts";

/** From here on a single message is a long paste, whatever is asked of it (estimated tokens). */
const LONG_CONTEXT_TOKENS = 3600;
/** What `long_context` scores at that length; it grows with the length. */
const LONG_CONTEXT_POINTS = 10;

/** Tells what a prompt asks for by its words and its shape. Pure; of a long prompt its two ends are read. */
function classify(messages: readonly unknown[]): Classification {
  const { turns, last, earlier } = read(messages);
  const [code, reasoning, summary, chat] = score(last, earlier);
  const length = turns.longestTokens / LONG_CONTEXT_TOKENS;
  const long_context = length >= 1 ? LONG_CONTEXT_POINTS + length : 0;
  const scores: Record<Task, number> = { code, reasoning, summary, long_context, chat };
  const task = length >= 1 ? "long_context" : best(scores);
  return { task, scores, features: featuresOf(turns, last) };
}

function suggestIndustry(messages: readonly unknown[]): Industry | null {
  const { last, earlier } = read(messages);
  return industryOf(last, score(last, earlier));
}

function read(messages: readonly unknown[]): { turns: Turns; last: Signs; earlier: readonly Signs[] } {
  const turns = readTurns(messages);
  const before = [turns.answered, ...turns.earlier, turns.system].filter((text) => text !== "");
  return { turns, last: readSigns(turns.last), earlier: before.map(readSigns) };
}

function best(scores: Readonly<Record<Task, number>>): Task {
  let task: Task = "chat";
  for (const rival of ["code", "reasoning", "summary"] as const) {
    if (scores[rival] > scores[task]) task = rival;
  }
  return task;
}

function featuresOf(turns: Turns, last: Signs): Classification["features"] {
  return {
    tokens: Math.round(turns.totalTokens),
    longestMessageTokens: Math.round(turns.longestTokens),
    pasteChars: last.zones.pasteChars,
    earlierTurns: turns.earlier.length,
    cut: turns.cut,
    ...last.structure,
  };
}

/** The classifier behind `auto`. */
export const promptClassifier: Classifier = { classify, suggestIndustry };
