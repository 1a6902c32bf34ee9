import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, type Query } from "../../api.ts";
import type { Breakdown } from "../../api-types.ts";
import { showCount } from "../../core/format.ts";
import type { Span } from "../../core/range.ts";
import { type Step, showStep, spanOfSteps, stepsOf, stepTitle } from "../../core/steps.ts";
import { usePage, useZone } from "../../location.tsx";
import { type Bar, BarChart, type BarPart } from "../../parts/chart.tsx";
import { Failure } from "../../parts/notice.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { LOG_STATUSES } from "../../search.ts";

type Line = Breakdown["lines"][number];
type Moment = Step<Line>;
type LogStatus = (typeof LOG_STATUSES)[number];

const MARKS: Record<LogStatus, string> = {
  ok: "--mark-2",
  error: "--bad",
  interrupted: "--mark-3",
  refused: "--mark-4",
  canceled: "--mark-6",
};
const LIVE_EVERY_MS = 5_000;

/** Requests over time by status, of exactly what the list below has; a part of it that is chosen becomes the time of the page. */
export function Histogram({ filters, span, isLive }: { filters: Query; span: Span; isLive: boolean }) {
  const [, change] = usePage("/logs");
  const zone = useZone();
  const { data, error, refetch } = useQuery({
    queryKey: ["histogram", filters, span],
    queryFn: ({ signal }) => api.breakdown({ ...filters, ...span, by: "status", step: "auto" }, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    refetchInterval: isLive ? LIVE_EVERY_MS : false,
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  const steps = data ? stepsOf<Line>(data) : [];
  const shown = LOG_STATUSES.filter((status) => data?.lines.some((line) => line.status === status));
  const statuses = shown.length === 0 ? (["ok"] as const) : shown;
  const zoom = (first: string, last: string) => {
    const chosen = data && spanOfSteps(steps, first, last, { ...span, to: span.to ?? data.to });
    if (chosen) change({ range: "custom", ...chosen }, true);
  };
  const bars = steps.map(
    (step): Bar => ({
      id: String(step.fromMs),
      label: showStep(step.fromMs, data?.step_seconds ?? null, zone),
      values: statuses.map((status) => countOf(step, status)),
    }),
  );
  return (
    <BarChart
      title="Requests over time"
      parts={statuses.map((status): BarPart => ({ label: status, mark: MARKS[status] }))}
      bars={bars}
      show={showCount}
      onPick={zoom}
      table={
        <Table
          caption="Requests over time"
          columns={columnsOf(steps, statuses, data?.step_seconds ?? null, zone, zoom)}
          rows={steps}
          idOf={({ fromMs }) => String(fromMs)}
        />
      }
    />
  );
}

const countOf = ({ lines }: Moment, status: LogStatus) =>
  lines.reduce((sum, line) => (line.status === status ? sum + line.requests : sum), 0);
const allOf = ({ lines }: Moment) => lines.reduce((sum, { requests }) => sum + requests, 0);

function columnsOf(
  steps: readonly Moment[],
  statuses: readonly LogStatus[],
  stepSeconds: number | null,
  zone: string,
  zoom: (first: string, last: string) => void,
): Column<Moment>[] {
  const counted = (id: string, title: string, of: (step: Moment) => number): Column<Moment> => ({
    ...{ id, title, isNumber: true },
    cell: (step) => showCount(of(step)),
    foot: showCount(steps.reduce((sum, step) => sum + of(step), 0)),
  });
  return [
    {
      id: "time",
      title: stepTitle(stepSeconds),
      cell: ({ fromMs }) => (
        <button type="button" className="link" onClick={() => zoom(String(fromMs), String(fromMs))}>
          {showStep(fromMs, stepSeconds, zone)}
        </button>
      ),
      foot: "Total",
    },
    ...statuses.map((status) => counted(status, status, (step) => countOf(step, status))),
    counted("all", "Requests", allOf),
  ];
}
