import type { LogDetail } from "../../api-types.ts";
import { showDuration, showUsd, UNKNOWN } from "../../core/format.ts";
import { Empty } from "../../parts/notice.tsx";
import { Outcome } from "../../parts/status.tsx";

interface Bar {
  startMs: number;
  ms: number;
}

/** Attempts follow each other; what none of them took was ours, before the first. */
function barsOf({ attempts, latency_ms }: LogDetail): { ownMs: number; bars: Bar[] } {
  const total = attempts.reduce((sum, { ms }) => sum + ms, 0);
  const ownMs = Math.max(0, latency_ms - total);
  let startMs = ownMs;
  const bars = attempts.map(({ ms }) => {
    const bar = { startMs, ms };
    startMs += ms;
    return bar;
  });
  return { ownMs, bars };
}

export function Waterfall({ row }: { row: LogDetail }) {
  const { ownMs, bars } = barsOf(row);
  if (row.attempts.length === 0)
    return (
      <Empty title="Nobody was called">
        {row.error_code ? `It ended with ${row.error_code} before.` : null}
      </Empty>
    );
  const wholeMs = Math.max(1, row.latency_ms, ...bars.map(({ startMs, ms }) => startMs + ms));
  return (
    <section className="relative overflow-x-auto" aria-label="Attempts" tabIndex={0}>
      <table className="table">
        <caption className="sr-only">Attempts in the order they were made</caption>
        <thead>
          <tr>
            <th scope="col">Attempt</th>
            <th scope="col">Outcome</th>
            <th scope="col" className="number">
              Took
            </th>
            <th scope="col" className="number">
              Cost
            </th>
            <th scope="col" className="w-1/2 min-w-48">
              When
            </th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>Nyuro: limits, decision, budget, record</td>
            <td>{UNKNOWN}</td>
            <td className="number">{showDuration(ownMs)}</td>
            <td className="number">{UNKNOWN}</td>
            <td>
              <Line bar={{ startMs: 0, ms: ownMs }} wholeMs={wholeMs} mark="--mark-6" />
            </td>
          </tr>
          {row.attempts.map((attempt, index) => (
            <tr key={index}>
              <td>
                {attempt.provider}/{attempt.model}
              </td>
              <td>
                <Outcome word={attempt.outcome} /> {attempt.status ?? ""}
              </td>
              <td className="number">{showDuration(attempt.ms)}</td>
              <td className="number">
                {showUsd(attempt.cost_usd ?? (attempt.outcome === "ok" ? row.cost_usd : null))}
              </td>
              <td>
                <Line
                  bar={bars[index] ?? { startMs: 0, ms: 0 }}
                  wholeMs={wholeMs}
                  mark={attempt.outcome === "ok" ? "--mark-2" : "--mark-3"}
                />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>Total</td>
            <td />
            <td className="number">{showDuration(row.latency_ms)}</td>
            <td className="number">{showUsd(row.cost_usd)}</td>
            <td>First token after {showDuration(row.ttft_ms)}</td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function Line({ bar: { startMs, ms }, wholeMs, mark }: { bar: Bar; wholeMs: number; mark: string }) {
  const x = (startMs / wholeMs) * 100;
  const width = Math.max(0.6, (ms / wholeMs) * 100);
  return (
    <svg aria-hidden="true" viewBox="0 0 100 10" preserveAspectRatio="none" className="h-4 w-full">
      <rect width="100" height="10" fill="var(--sunken)" />
      <rect x={Math.min(x, 99.4)} width={width} height="10" fill={`var(${mark})`} />
    </svg>
  );
}
