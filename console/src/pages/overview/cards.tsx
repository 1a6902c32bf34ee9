import type { ReactNode } from "react";
import type { Dashboard } from "../../api-types.ts";
import { showCount, showDuration, showShare, showUsd } from "../../core/format.ts";
import { PageLink } from "../../location.tsx";
import type { LogSearch } from "../../search.ts";

interface CardProps {
  label: string;
  value: string;
  under: ReactNode;
  /** The rows that the number is made of. */
  rows: Partial<LogSearch>;
}

function Card({ label, value, under, rows }: CardProps) {
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
    </li>
  );
}

export function Cards({ dashboard: { volume, reliability, performance, cost } }: { dashboard: Dashboard }) {
  return (
    <ul className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
      <Card
        label="Requests"
        value={showCount(volume.total_requests)}
        under={`${showCount(volume.requests_24h)} in the last 24 hours`}
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
        rows={{ status: "ok" }}
      />
      <Card
        label="Fallbacks"
        value={showShare(reliability.fallback_rate)}
        under="answered by another than the first"
        rows={{ fallback: "true" }}
      />
      <Card
        label="Time, median"
        value={showDuration(performance.p50_latency_ms)}
        under={`95 of 100 within ${showDuration(performance.p95_latency_ms)}`}
        rows={{ status: "ok" }}
      />
      <Card
        label="First token"
        value={showDuration(performance.avg_ttft_ms)}
        under="on average"
        rows={{ status: "ok" }}
      />
      <Card
        label="Cost"
        value={showUsd(cost.total_usd)}
        under={cost.unpriced_requests > 0 ? `${showCount(cost.unpriced_requests)} unpriced` : "all priced"}
        rows={{}}
      />
    </ul>
  );
}
