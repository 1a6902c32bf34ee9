import { isObject } from "../../src/core/json.ts";
import type { LabelledPrompt } from "./labelled-prompt.ts";

const SHORT_CHARS = 200;
const MIDDLE_CHARS = 2000;

function slicesOfOne({ messages, lang, tags, task_class }: LabelledPrompt): string[] {
  const chars = messages.reduce<number>(
    (sum, message) => sum + (isObject(message) ? String(message.content).length : 0),
    0,
  );
  const users = messages.filter((message) => isObject(message) && message.role === "user").length;
  const length = chars <= SHORT_CHARS ? "up to 200" : chars <= MIDDLE_CHARS ? "up to 2,000" : "more";
  return [
    `class ${task_class}`,
    `language ${lang}`,
    lang === "en" ? "English" : "not English",
    users > 1 ? "several turns" : "one turn",
    `length ${length}`,
    ...(tags ?? []).map((tag) => `tag ${tag}`),
  ];
}

/** Which prompts belong to which slice: places in `prompts`. */
export function slicesOf(prompts: readonly LabelledPrompt[]): [slice: string, places: number[]][] {
  const slices = new Map<string, number[]>();
  for (const [place, prompt] of prompts.entries()) {
    for (const slice of slicesOfOne(prompt)) slices.set(slice, [...(slices.get(slice) ?? []), place]);
  }
  return [...slices].sort(([one], [other]) => (one < other ? -1 : 1));
}
