import type { ReactNode } from "react";
import type { Breakdown, Dashboard } from "../../api-types.ts";
import { nanoOf, showCount, showDuration, showShare, showShort, showUsd } from "../../core/format.ts";
import { PageLink } from "../../location.tsx";
import type { Everywhere, LogSearch } from "../../search.ts";
import { showChange, showPoints } from "./compare.ts";

/** What is told of a while. */
export interface Told {
  dashboard: Dashboard;
  total: Breakdown["total"];
}

interface CardProps {
  label: string;
  value: string;
  under: ReactNode;
  change?: string | undefined;
  /** The rows that the number is made of. */
  rows: Partial<LogSearch & Everywhere>;
}

export function Card({ label, value, under, change, rows }: CardProps) {
  return (
    <li className="panel grid min-w-0 content-start gap-0.5 px-4 py-3">
      <span className="text-quiet">{label}</span>
      <PageLink
        to="/logs"
        search={rows}
        className={`${value.length > 8 ? "text-lg" : "text-2xl"} font-semibold break-words tabular-nums underline-offset-4 hover:underline`}
      >
        {value}
      </PageLink>
      <span className="text-quiet">{under}</span>
      {change && <span className="text-quiet">{change}</span>}
    </li>
  );
}

interface CardsProps {
  now: Told;
  /** null = nothing is compared. */
  before: Told | null;
}

/** The figures of a while, each beside what it was in the one before where that is asked for. */
export function Cards({ now, before, month }: CardsProps & { month: ReactNode }) {
  return (
    <ul className="grid grid-cols-2 gap-3 md:grid-cols-4">
      <AnswerCards now={now} before={before} />
      <TimeCards now={now} before={before} />
      <SpendCards now={now} before={before} />
      {month}
    </ul>
  );
}

function AnswerCards({ now, before }: CardsProps) {
  const { volume, reliability } = now.dashboard;
  return (
    <>
      <Card
        label="Requests"
        value={showCount(volume.total_requests)}
        under={`${showCount(volume.requests_24h)} in the last 24 hours`}
        change={changed(now, before, ({ dashboard }) => dashboard.volume.total_requests, showChange)}
        rows={{}}
      />
      <Card
        label="Success"
        value={showShare(reliability.success_rate)}
        under={
          <PageLink to="/logs" search={{ status: "error" }} className="link inline-block min-h-6">
            Errors
          </PageLink>
        }
        change={changed(now, before, ({ dashboard }) => dashboard.reliability.success_rate, showPoints)}
        rows={{ status: "ok" }}
      />
      <Card
        label="Saved by fallback"
        value={showCount(now.total.saved_requests)}
        under={`${showShare(reliability.fallback_rate)} went on to another`}
        change={changed(now, before, ({ total }) => total.saved_requests, showChange)}
        rows={{ status: "ok", fallback: "true" }}
      />
    </>
  );
}

function TimeCards({ now, before }: CardsProps) {
  const { p50_latency_ms, p95_latency_ms, avg_ttft_ms } = now.dashboard.performance;
  return (
    <>
      <Card
        label="Time, median"
        value={showDuration(p50_latency_ms)}
        under={`95 of 100 within ${showDuration(p95_latency_ms)}`}
        change={changed(now, before, ({ dashboard }) => dashboard.performance.p50_latency_ms, showChange)}
        rows={{ status: "ok" }}
      />
      <Card
        label="First token"
        value={showDuration(avg_ttft_ms)}
        under="on average"
        change={changed(now, before, ({ dashboard }) => dashboard.performance.avg_ttft_ms, showChange)}
        rows={{ status: "ok" }}
      />
    </>
  );
}

function SpendCards({ now, before }: CardsProps) {
  const { total } = now;
  const { cost } = now.dashboard;
  return (
    <>
      <Card
        label="Tokens"
        value={showCount(tokensOf(now))}
        under={`${showShort(total.prompt_tokens)} in (${showShort(total.cached_tokens)} cached), ${showShort(total.completion_tokens)} out`}
        change={changed(now, before, tokensOf, showChange)}
        rows={{}}
      />
      <Card
        label="Cost"
        value={showUsd(cost.total_usd)}
        under={cost.unpriced_requests > 0 ? `${showCount(cost.unpriced_requests)} unpriced` : "all priced"}
        change={changed(now, before, ({ dashboard }) => Number(nanoOf(dashboard.cost.total_usd)), showChange)}
        rows={{}}
      />
    </>
  );
}

const tokensOf = ({ total }: Told) => total.prompt_tokens + total.completion_tokens;

function changed<Value>(
  now: Told,
  before: Told | null,
  of: (told: Told) => Value,
  show: (now: Value, before: Value) => string,
): string | undefined {
  return before ? show(of(now), of(before)) : undefined;
}
