import type { Task } from "../config/words.ts";
import type { Classifier } from "../routing/classifier.ts";

export interface CountingClassifier extends Classifier {
  /** How often it was asked. */
  asked: number;
}

/** Calls every prompt the same; what is tested is not how prompts are told apart. */
export function classifierSaying(task: Task): CountingClassifier {
  return {
    asked: 0,
    classify() {
      this.asked += 1;
      return { task, scores: { [task]: 1 }, features: {} };
    },
    suggestIndustry: () => null,
  };
}
