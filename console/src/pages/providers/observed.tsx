import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import type { Log } from "../../api-types.ts";
import { showDuration, UNKNOWN } from "../../core/format.ts";
import { PageLink } from "../../location.tsx";

/** The newest answers that tell how fast a box writes. */
const LOOKED_AT = 50;

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** Tokens a second between the first and the last; of what did not stream, over the whole answer. */
export function speedOf({ completion_tokens, latency_ms, ttft_ms, stream }: Log): number | null {
  const writingMs = latency_ms - (stream ? (ttft_ms ?? 0) : 0);
  return completion_tokens === null || completion_tokens === 0 || writingMs <= 0
    ? null
    : (completion_tokens * 1000) / writingMs;
}

/** How fast its newest answers came, as rows say, and which rows. */
export function Observed({ provider }: { provider: string }) {
  const { data } = useQuery({
    queryKey: ["logs", "observed", provider],
    queryFn: () => api.logs({ provider, status: "ok", limit: LOOKED_AT }),
    staleTime: 30_000,
  });
  if (!data) return UNKNOWN;
  if (data.data.length === 0) return "nothing was asked yet";
  const speeds = data.data.map(speedOf).filter((speed) => speed !== null);
  const speed = medianOf(speeds);
  const whole = medianOf(data.data.map(({ latency_ms }) => latency_ms));
  return (
    <span>
      {speed === null ? "unknown" : `${speed < 10 ? speed.toFixed(1) : Math.round(speed)} tokens/s`}, an
      answer in {showDuration(whole)}, by the median of its{" "}
      <PageLink to="/logs" search={{ provider, status: "ok", range: "30d" }}>
        last {data.data.length}
      </PageLink>
    </span>
  );
}
