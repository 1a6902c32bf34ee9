import type { Machine } from "../measure/machine.ts";
import type { TranslationCost } from "../translate.ts";
import { number, table } from "./text.ts";

/** What translation costs, as Markdown. `time`: RFC 3339. */
export function translationText(costs: readonly TranslationCost[], time: string, machine: Machine): string {
  const rows = costs.map(({ dialect, requestMicros, eventMicros }) => {
    return [dialect, number(requestMicros, 1), number(eventMicros, 2)];
  });
  const where = `${time.slice(0, 10)}, ${machine.processor}, Bun ${machine.bun}. Medians.`;
  return `${where}\n\n${table([["", "µs per request", "µs per stream event"], ...rows])}\n`;
}
