import type { PointerEvent } from "react";
import {
  Bar,
  BarChart,
  CartesianGrid,
  ReferenceArea,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { BarPart, Chosen, Bar as Datum } from "./chart.tsx";

interface ChartDrawingProps {
  parts: readonly BarPart[];
  bars: readonly Datum[];
  show: (value: number) => string;
  chosen: Chosen | null;
  setChosen: (chosen: Chosen | null) => void;
  onPick: ((chosen: Chosen) => void) | undefined;
}

const TICK = { fill: "var(--quiet)", fontSize: 11 } as const;
const LEFT = 50;
const RIGHT = 4;
const MARGIN = { top: 6, right: RIGHT, bottom: 0, left: 0 } as const;

type Choosing = Pick<ChartDrawingProps, "bars" | "chosen" | "setChosen"> & {
  onPick: (chosen: Chosen) => void;
};

/** What a pointer does: it chooses bars by dragging over them. */
function handsOf({ bars, chosen, setChosen, onPick }: Choosing) {
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      const at = barAt(event, bars.length);
      if (at === null) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setChosen({ anchor: at, at });
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (!chosen || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
      const at = barAt(event, bars.length) ?? chosen.at;
      if (at !== chosen.at) setChosen({ ...chosen, at });
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      if (chosen && event.currentTarget.hasPointerCapture(event.pointerId)) onPick(chosen);
    },
    // A finger that goes up or down scrolls the page.
    onPointerCancel: () => setChosen(null),
  };
}

/** The bars themselves, by Recharts. What they say to who does not see them is said around them. */
export function ChartDrawing({ parts, bars, show, chosen, setChosen, onPick }: ChartDrawingProps) {
  const hands = onPick && handsOf({ bars, chosen, setChosen, onPick });
  const [first, last] = chosen ? [bars[chosen.anchor], bars[chosen.at]] : [];
  const labels = new Map(bars.map(({ id, label }) => [id, label]));
  return (
    <div
      aria-hidden="true"
      {...hands}
      className={`h-full touch-pan-y select-none ${onPick ? "cursor-crosshair" : ""}`}
    >
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={bars as Datum[]} margin={MARGIN} barCategoryGap="16%" accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="id"
            tickFormatter={(id: string) => labels.get(id) ?? ""}
            tick={TICK}
            tickLine={false}
            axisLine={{ stroke: "var(--line)" }}
            minTickGap={48}
            height={20}
          />
          <YAxis
            width={50}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            tickCount={3}
            tickFormatter={show}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--sunken)" }}
            content={({ active, label }) => {
              const bar = active ? bars.find(({ id }) => id === String(label)) : undefined;
              return bar ? <Told bar={bar} parts={parts} show={show} /> : null;
            }}
          />
          {parts.map(({ label, mark }, part) => (
            <Bar
              key={label}
              name={label}
              dataKey={({ values }: Datum) => values[part] ?? 0}
              stackId="all"
              fill={`var(${mark})`}
              maxBarSize={36}
              // What happened at all is seen.
              minPointSize={(value) => (value ? 1.5 : 0)}
              isAnimationActive={false}
            />
          ))}
          {first && last && (
            <ReferenceArea
              x1={first.id}
              x2={last.id}
              fill="var(--accent)"
              fillOpacity={0.16}
              stroke="var(--accent)"
            />
          )}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

/** Which bar a pointer is over, by where it is: the first or the last one if it is beside them. Null = there are none. */
function barAt({ clientX, currentTarget }: PointerEvent<HTMLElement>, count: number): number | null {
  const { left, width } = currentTarget.getBoundingClientRect();
  const share = (clientX - left - LEFT) / (width - LEFT - RIGHT);
  if (count === 0 || !Number.isFinite(share)) return null;
  return Math.min(Math.max(Math.floor(share * count), 0), count - 1);
}

function Told({
  bar,
  parts,
  show,
}: {
  bar: Datum;
  parts: readonly BarPart[];
  show: (value: number) => string;
}) {
  return (
    <div className="panel px-2.5 py-1.5 text-[0.86rem] shadow-lg">
      <p className="font-semibold">{bar.label}</p>
      <ul>
        {parts.map(({ label, mark }, part) =>
          bar.values[part] ? (
            <li key={label} className="flex items-center gap-1.5">
              <svg aria-hidden="true" viewBox="0 0 10 10" className="size-2.5">
                <rect width="10" height="10" rx="2" fill={`var(${mark})`} />
              </svg>
              {label} {show(bar.values[part] ?? 0)}
            </li>
          ) : null,
        )}
      </ul>
    </div>
  );
}
