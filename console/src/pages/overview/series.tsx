import type { Dashboard } from "../../api-types.ts";
import { nanoOf, showCount, showUsd, usdOf } from "../../core/format.ts";
import { showTime } from "../../core/zone.ts";
import { useGo, useZone } from "../../location.tsx";
import { BarChart } from "../../parts/chart.tsx";
import { type Column, Table } from "../../parts/table.tsx";

type Point = Dashboard["series"][number];

const HOUR_MS = 3_600_000;

/** Buckets begin at whole hours or days; the last one ends where the next would begin. */
function stepOf(series: readonly Point[]): number {
  const [first, second] = series;
  return first && second ? Date.parse(second.time) - Date.parse(first.time) : HOUR_MS;
}

export function Series({ series }: { series: Dashboard["series"] }) {
  const zone = useZone();
  const go = useGo();
  const stepMs = stepOf(series);
  const isDaily = stepMs > HOUR_MS;
  // What is summed by days is summed by those of UTC: a local clock beside it would be wrong.
  const told = (time: string) =>
    isDaily ? time.slice(0, 10) : showTime(Date.parse(time), zone, false).slice(5);
  const open = (time: string) =>
    go("/logs", { range: "custom", from: time, to: new Date(Date.parse(time) + stepMs).toISOString() });
  const columns = [timeColumn(isDaily ? "Day (UTC)" : "Hour", told, open), ...figureColumns(series)];
  const table = (
    <Table caption="Requests and cost over time" columns={columns} rows={series} idOf={({ time }) => time} />
  );
  const barsOf = (valuesOf: (point: Point) => number[]) =>
    series.map((point) => ({ id: point.time, label: told(point.time), values: valuesOf(point) }));
  return (
    <div className="grid min-w-0 gap-5 xl:grid-cols-2">
      <BarChart
        title="Requests"
        parts={[
          { label: "answered", mark: "--mark-2" },
          { label: "not answered", mark: "--mark-3" },
        ]}
        bars={barsOf(({ requests, ok_requests }) => [ok_requests, requests - ok_requests])}
        onPick={open}
        table={table}
      />
      <BarChart
        title="Cost"
        parts={[{ label: "cost", mark: "--mark-1" }]}
        bars={barsOf(({ cost_usd }) => [Number(cost_usd)])}
        show={(value) => `$${value === 0 ? 0 : Number(value.toPrecision(2))}`}
        onPick={open}
        table={table}
      />
    </div>
  );
}

function timeColumn(
  title: string,
  told: (time: string) => string,
  open: (time: string) => void,
): Column<Point> {
  return {
    id: "time",
    title,
    cell: ({ time }) => (
      <button type="button" className="link" onClick={() => open(time)}>
        {told(time)}
      </button>
    ),
    foot: "Total",
  };
}

function figureColumns(series: Dashboard["series"]): Column<Point>[] {
  const counted = (id: "requests" | "ok_requests", title: string): Column<Point> => ({
    id,
    title,
    isNumber: true,
    cell: (point) => showCount(point[id]),
    foot: showCount(series.reduce((total, point) => total + point[id], 0)),
  });
  const cost = series.reduce((total, { cost_usd }) => total + nanoOf(cost_usd), 0n);
  return [
    counted("requests", "Requests"),
    counted("ok_requests", "Answered"),
    {
      id: "cost",
      title: "Cost",
      isNumber: true,
      cell: ({ cost_usd }) => showUsd(cost_usd),
      foot: showUsd(usdOf(cost)),
    },
  ];
}
