import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
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
  onPick?: (id: string) => void;
  table: ReactNode;
}

const HEIGHT = 150;
const LEFT = 50;
const GROUND = 126;

/** Stacked bars over time, and the same as a table for whom bars say nothing. */
export function BarChart({ title, parts, bars, show = showShort, onPick, table }: BarChartProps) {
  const [isTable, setTable] = useState(false);
  const [place, width] = useWidth();
  const most = Math.max(0, ...bars.map(({ values }) => sum(values)));
  return (
    <Panel
      title={title}
      actions={
        <div className="flex flex-wrap items-center gap-3">
          {parts.length > 1 && <Legend parts={parts} />}
          <Button kind="quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
            View as table
          </Button>
        </div>
      }
    >
      {isTable ? (
        <div className="max-h-64 overflow-y-auto">{table}</div>
      ) : (
        <div ref={place}>
          <svg
            viewBox={`0 0 ${width} ${HEIGHT}`}
            className="block h-auto w-full"
            role="img"
            aria-label={`${title}: ${bars.length} bars, the highest ${show(most)}. The table has the figures.`}
          >
            <Axis most={most} width={width} show={show} />
            {bars.map((bar, index) => (
              <Stack key={bar.id} {...{ bar, index, count: bars.length, width, most, parts, show, onPick }} />
            ))}
            <Ends bars={bars} width={width} />
          </svg>
        </div>
      )}
    </Panel>
  );
}

/** One unit is one pixel at every width, so that what is written stays readable. */
function useWidth() {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(200, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  });
  return [place, width] as const;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function Legend({ parts }: { parts: readonly BarPart[] }) {
  return (
    <ul className="flex flex-wrap gap-3">
      {parts.map(({ label, mark }) => (
        <li key={label} className="inline-flex items-center gap-1.5 text-quiet">
          <svg aria-hidden="true" viewBox="0 0 10 10" className="size-2.5">
            <rect width="10" height="10" rx="2" fill={`var(${mark})`} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}

function Axis({ most, width, show }: { most: number; width: number; show: (value: number) => string }) {
  const steps = most === 0 ? [0] : [0, most / 2, most];
  return steps.map((value) => {
    const y = GROUND - (most === 0 ? 0 : (value / most) * (GROUND - 10));
    return (
      <g key={value}>
        <line x1={LEFT} x2={width} y1={y} y2={y} stroke="var(--line)" strokeWidth="1" />
        <text x={LEFT - 6} y={y + 3.5} textAnchor="end" fontSize="11" fill="var(--quiet)">
          {show(value)}
        </text>
      </g>
    );
  });
}

interface StackProps {
  bar: Bar;
  index: number;
  count: number;
  width: number;
  most: number;
  parts: readonly BarPart[];
  show: (value: number) => string;
  onPick: ((id: string) => void) | undefined;
}

/** The pointer's way into a bar; by keyboard the same is reached from the table. */
function Stack({ bar, index, count, width, most, parts, show, onPick }: StackProps) {
  const slot = (width - LEFT) / count;
  const thickness = Math.max(1, Math.min(slot * 0.78, 36));
  const x = LEFT + index * slot + (slot - thickness) / 2;
  const scale = most === 0 ? 0 : (GROUND - 10) / most;
  let y = GROUND;
  const told = parts.map(({ label }, part) => `${label} ${show(bar.values[part] ?? 0)}`).join(", ");
  return (
    <g onClick={onPick && (() => onPick(bar.id))} className={onPick ? "cursor-pointer hover:opacity-75" : ""}>
      <title>{`${bar.label}: ${told}`}</title>
      <rect x={LEFT + index * slot} y="0" width={slot} height={GROUND} fill="transparent" />
      {parts.map(({ label, mark }, part) => {
        const value = bar.values[part] ?? 0;
        // What happened at all is seen.
        const height = value === 0 ? 0 : Math.max(1.5, value * scale);
        y -= height;
        return <rect key={label} x={x} y={y} width={thickness} height={height} fill={`var(${mark})`} />;
      })}
    </g>
  );
}

function Ends({ bars, width }: { bars: readonly Bar[]; width: number }) {
  const [first] = bars;
  const last = bars.at(-1);
  if (!first || !last) return null;
  return (
    <g fontSize="11" fill="var(--quiet)">
      <text x={LEFT} y={HEIGHT - 6}>
        {first.label}
      </text>
      {last !== first && (
        <text x={width} y={HEIGHT - 6} textAnchor="end">
          {last.label}
        </text>
      )}
    </g>
  );
}
