import type { Breakdown } from "../../api-types.ts";
import { nanoOf, showCount, showUsd, usdOf } from "../../core/format.ts";
import type { Span } from "../../core/range.ts";
import { type Step, showStep, spanOfSteps, stepsOf, stepTitle } from "../../core/steps.ts";
import { useGo, useZone } from "../../location.tsx";
import { BarChart, type BarPart } from "../../parts/chart.tsx";
import { type Column, Table } from "../../parts/table.tsx";

type Line = Breakdown["lines"][number];
type Moment = Step<Line>;

/** A part of the bars: which lines it is of, and what of them. */
interface Part extends BarPart {
  of: (line: Line) => boolean;
}

interface SeriesProps {
  title: string;
  answer: Breakdown;
  span: Span;
  parts: readonly Part[];
  /** What the bars are high by. */
  value: "requests" | "cost_usd";
}

const MARKS = ["--mark-1", "--mark-2", "--mark-3", "--mark-4", "--mark-5"] as const;
/** What the chart asks for: as many names as there are marks for. */
export const TOP = MARKS.length;

/** Bars of a while that lead to the rows of the time that is chosen; its table has requests and cost whatever they show. */
function Series({ title, answer, span, parts, value }: SeriesProps) {
  const zone = useZone();
  const go = useGo();
  const steps = stepsOf<Line>(answer);
  const open = (first: string, last: string) => {
    const chosen = spanOfSteps(steps, first, last, { ...span, to: span.to ?? answer.to });
    if (chosen) go("/logs", { range: "custom", ...chosen });
  };
  const told = (timeMs: number) => showStep(timeMs, answer.step_seconds, zone);
  const sums = parts.map(
    ({ of }) =>
      ({ lines }: Moment) =>
        sumOf(lines.filter(of), value),
  );
  const show = value === "requests" ? showCount : showAbout;
  return (
    <BarChart
      title={title}
      parts={parts}
      bars={steps.map((step) => ({
        id: String(step.fromMs),
        label: told(step.fromMs),
        values: sums.map((sum) => Number(value === "requests" ? sum(step) : usdOf(sum(step)))),
      }))}
      show={show}
      onPick={open}
      table={
        <Table
          caption={`Requests and cost over time${value === "requests" ? "" : `, ${title}`}`}
          columns={[
            timeColumn(stepTitle(answer.step_seconds), told, open),
            ...parts.map((part, at) => sumColumn(part.label, steps, sums[at] ?? (() => 0n), value)),
            sumColumn("Requests", steps, ({ lines }) => sumOf(lines, "requests"), "requests"),
            sumColumn("Cost", steps, ({ lines }) => sumOf(lines, "cost_usd"), "cost_usd"),
          ]}
          rows={steps}
          idOf={({ fromMs }) => String(fromMs)}
        />
      }
    />
  );
}

export function RequestSeries({ answer, span }: { answer: Breakdown; span: Span }) {
  const parts: Part[] = [
    { label: "answered", mark: "--mark-2", of: ({ status }) => status === "ok" },
    { label: "not answered", mark: "--mark-3", of: ({ status }) => status !== "ok" },
  ];
  return <Series title="Requests" value="requests" {...{ answer, span, parts }} />;
}

/** Stacked by who it was paid for, the dearest at the ground. */
export function CostSeries({
  answer,
  span,
  by,
}: {
  answer: Breakdown;
  span: Span;
  by: "provider" | "model";
}) {
  const costs = new Map<string, bigint>();
  for (const line of answer.lines) {
    const name = line[by];
    if (name) costs.set(name, (costs.get(name) ?? 0n) + nanoOf(line.cost_usd));
  }
  const names = [...costs].sort(([, a], [, b]) => (a === b ? 0 : a < b ? 1 : -1)).map(([name]) => name);
  const parts: Part[] = names.map((name, at) => ({
    label: name,
    mark: MARKS[at % TOP] ?? MARKS[0],
    of: (line) => line[by] === name,
  }));
  if (answer.lines.some(({ others }) => others))
    parts.push({ label: "all others", mark: "--mark-6", of: ({ others }) => others === true });
  const isPaidNobody = (line: Line) => line[by] === null && nanoOf(line.cost_usd) > 0n;
  if (answer.lines.some(isPaidNobody))
    parts.push({ label: "nobody answered", mark: "--edge", of: (line) => line[by] === null });
  const shown = parts.length === 0 ? [{ label: "cost", mark: "--mark-1", of: () => true }] : parts;
  return <Series title={`Cost by ${by}`} value="cost_usd" parts={shown} {...{ answer, span }} />;
}

/** For an axis. */
const showAbout = (value: number) => `$${value === 0 ? 0 : Number(value.toPrecision(2))}`;

function sumOf(lines: readonly Line[], value: "requests" | "cost_usd"): bigint {
  return lines.reduce(
    (sum, line) => sum + (value === "requests" ? BigInt(line.requests) : nanoOf(line.cost_usd)),
    0n,
  );
}

function timeColumn(
  title: string,
  told: (timeMs: number) => string,
  open: (first: string, last: string) => void,
): Column<Moment> {
  return {
    id: "time",
    title,
    cell: ({ fromMs }) => (
      <button type="button" className="link" onClick={() => open(String(fromMs), String(fromMs))}>
        {told(fromMs)}
      </button>
    ),
    foot: "Total",
  };
}

function sumColumn(
  title: string,
  steps: readonly Moment[],
  of: (step: Moment) => bigint,
  value: "requests" | "cost_usd",
): Column<Moment> {
  const shown = (sum: bigint) => (value === "requests" ? showCount(Number(sum)) : showUsd(usdOf(sum)));
  return {
    // A name may be the title of a column, too.
    id: `${value} ${title}`,
    title,
    isNumber: true,
    cell: (step) => shown(of(step)),
    foot: shown(steps.reduce((sum, step) => sum + of(step), 0n)),
  };
}
