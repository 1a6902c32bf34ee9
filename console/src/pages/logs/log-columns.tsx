import type { Log } from "../../api-types.ts";
import { showCount, showDuration, showUsd, UNKNOWN } from "../../core/format.ts";
import { showTime } from "../../core/zone.ts";
import { PageLink } from "../../location.tsx";
import { Status } from "../../parts/status.tsx";
import type { Column } from "../../parts/table.tsx";

/** The columns of the log; a request's time leads to its own page. */
export function logColumns(zone: string, keyNames: ReadonlyMap<string, string>): Column<Log>[] {
  return [
    {
      id: "time",
      title: "Time",
      cell: ({ id, time }) => (
        <PageLink to="/logs/$id" id={id} className="link whitespace-nowrap tabular-nums">
          {showTime(Date.parse(time), zone)}
        </PageLink>
      ),
    },
    { id: "status", title: "Status", cell: ({ status }) => <Status word={status} /> },
    { id: "model", title: "Model", cell: (row) => <Served row={row} /> },
    { id: "provider", title: "Provider", cell: ({ provider }) => provider ?? UNKNOWN },
    {
      id: "attempts",
      title: "Attempts",
      isNumber: true,
      cell: ({ attempts, fallback_used }) => `${attempts.length}${fallback_used ? " · fallback" : ""}`,
    },
    { id: "ttft", title: "First token", isNumber: true, cell: ({ ttft_ms }) => showDuration(ttft_ms) },
    { id: "total", title: "Total", isNumber: true, cell: ({ latency_ms }) => showDuration(latency_ms) },
    { id: "in", title: "In", isNumber: true, cell: ({ prompt_tokens }) => showCount(prompt_tokens) },
    {
      id: "out",
      title: "Out",
      isNumber: true,
      cell: ({ completion_tokens }) => showCount(completion_tokens),
    },
    { id: "cost", title: "Cost", isNumber: true, cell: ({ cost_usd }) => showUsd(cost_usd) },
    { id: "key", title: "Key", cell: ({ key_id }) => keyNames.get(key_id) ?? key_id },
  ];
}

/** What was asked for, where that is not what answered. */
function Served({ row: { requested_model, model } }: { row: Log }) {
  if (model === null || requested_model === model) return <span>{model ?? requested_model ?? UNKNOWN}</span>;
  return (
    <span>
      <span className="text-quiet">{requested_model ?? "no model"} → </span>
      {model}
    </span>
  );
}
