import { type KeyboardEvent, lazy, type ReactNode, Suspense, useState } from "react";
import { showShort } from "../core/format.ts";
import { Button } from "./button.tsx";
import { Panel } from "./page.tsx";

export interface Bar {
  id: string;
  /** The moment, as it is told. */
  label: string;
  /** From the ground up, one per part. */
  values: readonly number[];
}

export interface BarPart {
  label: string;
  /** A colour of the theme, such as `--mark-1`. */
  mark: string;
}

interface BarChartProps {
  title: string;
  parts: readonly BarPart[];
  bars: readonly Bar[];
  show?: (value: number) => string;
  /** Bars were chosen, one or several that touch: the first and the last of them. */
  onPick?: (first: string, last: string) => void;
  table: ReactNode;
}

/** Indices of bars, of which the second is where the choice moves. */
export interface Chosen {
  anchor: number;
  at: number;
}

/** What draws is a quarter of the console: it comes when the first chart is seen. */
const Drawing = lazy(async () => ({ default: (await import("./chart-drawing.tsx")).ChartDrawing }));

/** Stacked bars over time, and the same as a table for whom bars say nothing. */
export function BarChart({ title, parts, bars, show = showShort, onPick, table }: BarChartProps) {
  const [isTable, setTable] = useState(false);
  return (
    <Panel
      title={title}
      actions={
        <Button kind="quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          View as table
        </Button>
      }
    >
      {parts.length > 1 && !isTable && <Legend parts={parts} />}
      {isTable ? (
        <div className="max-h-64 overflow-y-auto">{table}</div>
      ) : (
        <Drawn {...{ title, parts, bars, show, onPick }} />
      )}
    </Panel>
  );
}

type DrawnProps = Required<Pick<BarChartProps, "title" | "parts" | "bars" | "show">> & {
  onPick: BarChartProps["onPick"];
};

/** Arrows go along the bars, with Shift they choose several, Enter takes them: what a pointer does by dragging. */
function Drawn({ title, parts, bars, show, onPick }: DrawnProps) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const most = Math.max(0, ...bars.map(({ values }) => sum(values)));
  const pick = (range: Chosen | null) => {
    const [first, last] = endsOf(range, bars);
    setChosen(null);
    if (first && last) onPick?.(first.id, last.id);
  };
  const onKey = (event: KeyboardEvent) => {
    const next = chosenAfter(event, chosen, bars.length);
    if (event.key === "Enter" && chosen && onPick) pick(chosen);
    else if (next === undefined) return;
    else setChosen(next);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <div
        role="application"
        tabIndex={0}
        aria-label={`${title}: ${bars.length} bars, the highest ${show(most)}. Arrow keys tell them one by one; the table has the figures.`}
        className="h-48 rounded"
        onKeyDown={onKey}
        onBlur={() => setChosen(null)}
      >
        <Suspense fallback={null}>
          <Drawing {...{ parts, bars, show, chosen, setChosen }} onPick={onPick && pick} />
        </Suspense>
      </div>
      <p role="status" className="min-h-5 text-[0.86rem] text-quiet">
        {chosen ? told(chosen, bars, parts, show) : ""}
      </p>
    </>
  );
}

/** Undefined = the key is not ours. */
function chosenAfter(
  { key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent,
  chosen: Chosen | null,
  count: number,
): Chosen | null | undefined {
  if (ctrlKey || metaKey || altKey || count === 0) return undefined;
  if (key === "Escape") return chosen ? null : undefined;
  const from = chosen?.at ?? (key === "ArrowRight" ? -1 : count);
  const targets: Record<string, number> = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  if (target === undefined) return undefined;
  const at = Math.min(Math.max(target, 0), count - 1);
  return { at, anchor: shiftKey && chosen ? chosen.anchor : at };
}

function endsOf(chosen: Chosen | null, bars: readonly Bar[]): [Bar?, Bar?] {
  if (!chosen) return [];
  const { anchor, at } = chosen;
  return [bars[Math.min(anchor, at)], bars[Math.max(anchor, at)]];
}

function told(
  chosen: Chosen,
  bars: readonly Bar[],
  parts: readonly BarPart[],
  show: (value: number) => string,
): string {
  const [first, last] = endsOf(chosen, bars);
  if (!first || !last) return "";
  const within = bars.slice(bars.indexOf(first), bars.indexOf(last) + 1);
  const figures = parts
    .map(({ label }, part) => ({ label, value: sum(within.map(({ values }) => values[part] ?? 0)) }))
    .filter(({ value }) => value > 0)
    .map(({ label, value }) => `${label} ${show(value)}`);
  const when = first === last ? first.label : `${first.label} to ${last.label}`;
  return `${when}: ${figures.join(", ") || "nothing"}`;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function Legend({ parts }: { parts: readonly BarPart[] }) {
  return (
    <ul className="mb-2 flex flex-wrap gap-x-3 gap-y-1">
      {parts.map(({ label, mark }) => (
        <li key={label} className="inline-flex min-w-0 items-center gap-1.5 break-words text-quiet">
          <svg aria-hidden="true" viewBox="0 0 10 10" className="size-2.5">
            <rect width="10" height="10" rx="2" fill={`var(${mark})`} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
