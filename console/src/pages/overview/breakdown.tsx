import { useState } from "react";
import type { Dashboard } from "../../api-types.ts";
import { nanoOf, showCount, showDuration, showUsd, UNKNOWN, usdOf } from "../../core/format.ts";
import { PageLink, usePage } from "../../location.tsx";
import { SelectField } from "../../parts/field.tsx";
import { Empty } from "../../parts/notice.tsx";
import { Panel } from "../../parts/page.tsx";
import { type Column, type Sort, Table } from "../../parts/table.tsx";

interface Line {
  name: string;
  requests: number;
  cost_usd: string;
  unpriced_requests: number;
  times: Dashboard["performance"]["by_model"][number] | null;
}

export function Breakdown({ dashboard }: { dashboard: Dashboard }) {
  const [{ group = "model" }, change] = usePage("/");
  const [sort, setSort] = useState<Sort>({ id: "cost", isDown: true });
  const lines = group === "model" ? byModel(dashboard) : byProvider(dashboard);
  const columns = [
    nameColumn(group),
    ...figureColumns(dashboard, lines),
    ...(group === "model" ? TIMES : []),
  ];
  return (
    <Panel
      title={group === "model" ? "By model" : "By provider"}
      isFlush
      actions={
        <SelectField
          label="Group by"
          value={group}
          choices={[
            { value: "model", label: "Model" },
            { value: "provider", label: "Provider" },
          ]}
          onChange={(event) => change({ group: event.target.value === "provider" ? "provider" : undefined })}
        />
      }
    >
      {lines.length === 0 ? (
        <Empty title="Nobody answered in this time">Choose a longer time, or send a request.</Empty>
      ) : (
        <Table
          caption={`Figures by ${group}`}
          columns={columns}
          rows={lines}
          idOf={({ name }) => name}
          sort={sort}
          onSort={setSort}
        />
      )}
    </Panel>
  );
}

function byModel({ cost, performance }: Dashboard): Line[] {
  const times = new Map(performance.by_model.map((line) => [line.model, line]));
  return cost.by_model.map(({ model, ...line }) => ({
    ...line,
    name: model,
    times: times.get(model) ?? null,
  }));
}

function byProvider({ cost }: Dashboard): Line[] {
  return cost.by_provider.map(({ provider, ...line }) => ({ ...line, name: provider, times: null }));
}

const nameColumn = (group: "model" | "provider"): Column<Line> => ({
  id: "name",
  title: group === "model" ? "Model" : "Provider",
  cell: ({ name }) => (
    <PageLink to="/logs" search={{ [group]: name }}>
      {name}
    </PageLink>
  ),
  by: ({ name }) => name,
  foot: "Total (of it answered by nobody)",
});

/** The foot is the card's own figure: what has no name is in it. */
function figureColumns({ volume, cost }: Dashboard, lines: readonly Line[]): Column<Line>[] {
  const named = lines.reduce((total, { requests }) => total + requests, 0);
  const nameless = volume.total_requests - named;
  const namedCost = lines.reduce((total, { cost_usd }) => total + nanoOf(cost_usd), 0n);
  const namelessCost = nanoOf(cost.total_usd) - namedCost;
  return [
    {
      id: "requests",
      title: "Requests",
      isNumber: true,
      cell: ({ requests }) => showCount(requests),
      by: ({ requests }) => requests,
      foot: `${showCount(volume.total_requests)}${nameless === 0 ? "" : ` (${showCount(nameless)})`}`,
    },
    {
      id: "cost",
      title: "Cost",
      isNumber: true,
      cell: ({ cost_usd }) => showUsd(cost_usd),
      by: ({ cost_usd }) => nanoOf(cost_usd),
      foot: `${showUsd(cost.total_usd)}${namelessCost === 0n ? "" : ` (${showUsd(usdOf(namelessCost))})`}`,
    },
    {
      id: "unpriced",
      title: "Unpriced",
      isNumber: true,
      cell: ({ unpriced_requests }) => showCount(unpriced_requests),
      by: ({ unpriced_requests }) => unpriced_requests,
      foot: showCount(cost.unpriced_requests),
    },
  ];
}

type Figure = "avg_latency_ms" | "p50_latency_ms" | "p95_latency_ms" | "avg_ttft_ms";

const timeColumn = (figure: Figure, title: string): Column<Line> => ({
  id: figure,
  title,
  isNumber: true,
  cell: ({ times }) => (times ? showDuration(times[figure]) : UNKNOWN),
  by: ({ times }) => times?.[figure] ?? null,
});

const TIMES = [
  timeColumn("p50_latency_ms", "Median"),
  timeColumn("p95_latency_ms", "95 %"),
  timeColumn("avg_latency_ms", "Average"),
  timeColumn("avg_ttft_ms", "First token"),
];
