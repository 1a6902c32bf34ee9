import type { Industry, Task } from "../config/words.ts";

/** What a classifier says of a prompt. Deterministic; nobody is called. */
export interface Classification {
  task: Task;
  /** One figure a task, the highest wins. */
  scores: Readonly<Record<string, number>>;
  /** What it looked at. */
  features: Readonly<Record<string, unknown>>;
}

export interface Classifier {
  classify(messages: readonly unknown[]): Classification;
  /** The industry a prompt most likely belongs to, as a suggestion only; null = none stands out. */
  suggestIndustry(messages: readonly unknown[]): Industry | null;
}
