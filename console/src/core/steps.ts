import { showTime } from "./zone.ts";

const DAY_SECONDS = 86_400;
/** More bars than a screen has pixels for; the newest are shown. */
const MOST_STEPS = 1_000;

interface Stepped<Line> {
  from: string;
  to: string;
  step_seconds: number | null;
  lines: readonly (Line & { time?: string | undefined })[];
}

export interface Step<Line> {
  fromMs: number;
  toMs: number;
  /** Of that time; of most there may be none. */
  lines: Line[];
}

/** Every step of a while, also those in which nothing was. */
export function stepsOf<Line>({ from, to, step_seconds, lines }: Stepped<Line>): Step<Line>[] {
  if (step_seconds === null) return [];
  const stepMs = step_seconds * 1000;
  const end = Math.ceil(Date.parse(to) / stepMs);
  const start = Math.max(Math.floor(Date.parse(from) / stepMs), end - MOST_STEPS);
  const steps = Array.from({ length: Math.max(0, end - start) }, (_, at) => {
    const fromMs = (start + at) * stepMs;
    return { fromMs, toMs: fromMs + stepMs, lines: [] as Line[] };
  });
  for (const line of lines) {
    const at = Math.floor(Date.parse(line.time ?? "") / stepMs) - start;
    steps[at]?.lines.push(line);
  }
  return steps;
}

/** What is summed by days is summed by those of UTC: a local clock beside it would be wrong. */
export function showStep(timeMs: number, stepSeconds: number | null, zone: string): string {
  if (stepSeconds === DAY_SECONDS) return new Date(timeMs).toISOString().slice(0, 10);
  return showTime(timeMs, zone, false).slice(5);
}

export function stepTitle(stepSeconds: number | null): string {
  if (stepSeconds === DAY_SECONDS) return "Day (UTC)";
  return stepSeconds === 60 ? "Minute" : "Hour";
}

/** From the first chosen step to the end of the last, within the while that is shown. */
export function spanOfSteps(
  steps: readonly Step<unknown>[],
  first: string,
  last: string,
  shown: { from: string; to?: string },
): { from: string; to: string } | null {
  const begin = steps.find(({ fromMs }) => String(fromMs) === first);
  const end = steps.find(({ fromMs }) => String(fromMs) === last);
  if (!begin || !end) return null;
  const fromMs = Math.max(begin.fromMs, Date.parse(shown.from));
  const toMs = shown.to === undefined ? end.toMs : Math.min(end.toMs, Date.parse(shown.to));
  return fromMs < toMs ? { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() } : null;
}
