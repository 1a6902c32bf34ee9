/** One line of a set of labelled prompts. */
export interface LabelledPrompt {
  id?: string;
  messages: readonly unknown[];
  task_class: string;
  /** Classes that count as right; absent = the label only. */
  accept?: readonly string[];
  /** null or absent = nothing is said about it. */
  industry?: string | null;
  industry_accept?: readonly string[] | null;
  lang: string;
  tags?: readonly string[];
}

/** Reads a set that somebody on this machine chose; a broken line throws. */
export function readPrompts(jsonLines: string): LabelledPrompt[] {
  return jsonLines
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as LabelledPrompt);
}
