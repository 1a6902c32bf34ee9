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

const sumOf = (amounts: readonly string[]) => usdOf(amounts.reduce((total, it) => total + nanoOf(it), 0n));

export function Series({ series }: { series: Dashboard["series"] }) {
  const zone = useZone();
  const go = useGo();
  const stepMs = stepOf(series);
  // What is summed by days is summed by those of UTC: a local clock beside it would be wrong.
  const told = (time: string) =>
    stepMs > HOUR_MS ? time.slice(0, 10) : showTime(Date.parse(time), zone, false).slice(5);
  const open = (time: string) =>
    go("/logs", { range: "custom", from: time, to: new Date(Date.parse(time) + stepMs).toISOString() });
  const columns: Column<Point>[] = [
    {
      id: "time",
      title: stepMs > HOUR_MS ? "Day (UTC)" : "Hour",
      cell: ({ time }) => (
        <button type="button" className="link" onClick={() => open(time)}>
          {told(time)}
        </button>
      ),
      foot: "Total",
    },
    {
      id: "requests",
      title: "Requests",
      isNumber: true,
      cell: ({ requests }) => showCount(requests),
      foot: showCount(series.reduce((total, { requests }) => total + requests, 0)),
    },
    {
      id: "ok",
      title: "Answered",
      isNumber: true,
      cell: ({ ok_requests }) => showCount(ok_requests),
      foot: showCount(series.reduce((total, { ok_requests }) => total + ok_requests, 0)),
    },
    {
      id: "cost",
      title: "Cost",
      isNumber: true,
      cell: ({ cost_usd }) => showUsd(cost_usd),
      foot: showUsd(sumOf(series.map(({ cost_usd }) => cost_usd))),
    },
  ];
  const table = (
    <Table caption="Requests and cost over time" columns={columns} rows={series} idOf={({ time }) => time} />
  );
  return (
    <div className="grid min-w-0 gap-5 xl:grid-cols-2">
      <BarChart
        title="Requests"
        parts={[
          { label: "answered", mark: "--mark-2" },
          { label: "not answered", mark: "--mark-3" },
        ]}
        bars={series.map(({ time, requests, ok_requests }) => ({
          id: time,
          label: told(time),
          values: [ok_requests, requests - ok_requests],
        }))}
        onPick={open}
        table={table}
      />
      <BarChart
        title="Cost"
        parts={[{ label: "cost", mark: "--mark-1" }]}
        bars={series.map(({ time, cost_usd }) => ({
          id: time,
          label: told(time),
          values: [Number(cost_usd)],
        }))}
        show={(value) => `$${value === 0 ? 0 : Number(value.toPrecision(2))}`}
        onPick={open}
        table={table}
      />
    </div>
  );
}
