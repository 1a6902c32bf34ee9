import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import type { Breakdown, Dashboard } from "../../api-types.ts";
import { nanoOf, showCount, showDuration, showShare, showUsd, UNKNOWN, usdOf } from "../../core/format.ts";
import { PageLink, usePage } from "../../location.tsx";
import { ColumnPicker } from "../../parts/column-picker.tsx";
import { Empty } from "../../parts/notice.tsx";
import { Panel } from "../../parts/page.tsx";
import { Status } from "../../parts/status.tsx";
import { type Column, type Sort, Table } from "../../parts/table.tsx";
import type { LogSearch } from "../../search.ts";
import { useMay } from "../../session.tsx";

export type Group = "provider" | "model" | "both";
type Line = Breakdown["lines"][number];

export const GROUPS: Record<Group, string> = {
  model: "model",
  provider: "provider",
  both: "provider and model",
};

interface FiguresProps {
  group: Group;
  answer: Breakdown;
  /** Percentiles are known of models, whoever served them. */
  performance: Dashboard["performance"];
}

/** Everything there is to tell of each name; the numbers lead to their rows. */
export function Figures({ group, answer, performance }: FiguresProps) {
  const [search, change] = usePage("/");
  const sort = sortOf(search.sort);
  const lines = answer.lines.filter((line) => line.others || (line.provider ?? line.model ?? null) !== null);
  const columns = [
    ...nameColumns(group, useDemo()),
    ...figureColumns(answer, lines),
    ...timeColumns(group, performance),
  ];
  const hidden = (search.hide?.split(",") ?? []).filter((id) => id !== columns[0]?.id);
  return (
    <Panel
      title={`By ${GROUPS[group]}`}
      isFlush
      actions={
        <ColumnPicker
          columns={columns}
          hidden={hidden}
          onChange={(ids) => change({ hide: ids.length === 0 ? undefined : ids.join(",") })}
        />
      }
    >
      {lines.length === 0 ? (
        <Empty title="Nobody answered in this time">Choose a longer time, or send a request.</Empty>
      ) : (
        <Table
          caption={`Figures by ${GROUPS[group]}`}
          columns={columns}
          rows={lines}
          idOf={({ provider, model, others }) => JSON.stringify([provider, model, others])}
          sort={sort}
          onSort={({ id, isDown }) => change({ sort: `${isDown ? "-" : ""}${id}` })}
          hidden={hidden}
        />
      )}
    </Panel>
  );
}

/** `-cost` is by cost, the dearest first. */
function sortOf(word = "-cost"): Sort {
  return { id: word.replace(/^-/, ""), isDown: word.startsWith("-") };
}

function rowsOf({ provider, model }: Line): Partial<LogSearch> {
  return { ...(provider ? { provider } : {}), ...(model ? { model } : {}) };
}

/** Others are rows of many names: no filter asks for them. */
function Rows({ line, only, shown }: { line: Line; only?: Partial<LogSearch>; shown: string }) {
  if (line.others) return shown;
  return (
    <PageLink to="/logs" search={{ ...rowsOf(line), ...only }} className="hover:underline">
      {shown}
    </PageLink>
  );
}

const DEMO = "demo";

/** The provider that answers while there is no other; one that somebody called so has another source. */
function useDemo(): string | null {
  const mayAsk = useMay("admin");
  const { data } = useQuery({
    queryKey: ["providers"],
    queryFn: () => api.providers({ limit: 1000 }),
    enabled: mayAsk,
  });
  const own = data?.data.find(({ id }) => id === DEMO);
  return data && (own?.source ?? "built_in") === "built_in" ? DEMO : null;
}

function nameColumns(group: Group, demo: string | null): Column<Line>[] {
  const column = (by: "provider" | "model", foot: string): Column<Line> => ({
    id: by,
    title: by === "model" ? "Model" : "Provider",
    cell: (line) =>
      line.others ? (
        "all others"
      ) : (
        <>
          <PageLink to="/logs" search={rowsOf(line)}>
            {line[by] ?? UNKNOWN}
          </PageLink>{" "}
          {by === "provider" && line.provider === demo && demo !== null && <Status word="simulated" />}
        </>
      ),
    by: (line) => line[by] ?? null,
    foot,
  });
  const total = "Total (of it answered by nobody)";
  if (group !== "both") return [column(group, total)];
  return [column("provider", total), column("model", "")];
}

/** The foot is the card's own figure: what has no name is in it. */
function figureColumns({ total }: Breakdown, lines: readonly Line[]): Column<Line>[] {
  const named = (of: (line: Line) => number) => lines.reduce((sum, line) => sum + of(line), 0);
  const namedCost = lines.reduce((sum, { cost_usd }) => sum + nanoOf(cost_usd), 0n);
  const namelessCost = nanoOf(total.cost_usd) - namedCost;
  const counted = (
    field: "requests" | "saved_requests" | "prompt_tokens" | "completion_tokens" | "unpriced_requests",
    id: string,
    title: string,
    only?: Partial<LogSearch>,
  ): Column<Line> => {
    const nameless = total[field] - named((line) => line[field]);
    return {
      ...{ id, title, isNumber: true },
      cell: (line) => <Rows line={line} shown={showCount(line[field])} {...(only ? { only } : {})} />,
      by: (line) => line[field],
      foot: `${showCount(total[field])}${nameless === 0 ? "" : ` (${showCount(nameless)})`}`,
    };
  };
  return [
    counted("requests", "requests", "Requests"),
    {
      ...{ id: "success", title: "Success", isNumber: true },
      cell: (line) => <Rows line={line} only={{ status: "ok" }} shown={showShare(successOf(line))} />,
      by: successOf,
      foot: showShare(successOf(total)),
    },
    counted("saved_requests", "saved", "Saved", { status: "ok", fallback: "true" }),
    counted("prompt_tokens", "in", "Tokens in"),
    counted("completion_tokens", "out", "Tokens out"),
    {
      ...{ id: "cost", title: "Cost", isNumber: true },
      cell: (line) => <Rows line={line} shown={showUsd(line.cost_usd)} />,
      by: ({ cost_usd }) => nanoOf(cost_usd),
      foot: `${showUsd(total.cost_usd)}${namelessCost === 0n ? "" : ` (${showUsd(usdOf(namelessCost))})`}`,
    },
    counted("unpriced_requests", "unpriced", "Unpriced"),
  ];
}

function successOf({ ok_requests, rated_requests }: Breakdown["total"]): number | null {
  return rated_requests === 0 ? null : ok_requests / rated_requests;
}

function timeColumns(group: Group, performance: Dashboard["performance"]): Column<Line>[] {
  const times = new Map(performance.by_model.map((line) => [line.model, line]));
  const column = (id: string, title: string, of: (line: Line) => number | null): Column<Line> => ({
    ...{ id, title, isNumber: true },
    cell: (line) => showDuration(of(line)),
    by: of,
  });
  const percentile = (line: Line, of: "p50_latency_ms" | "p95_latency_ms") =>
    times.get(line.model ?? "")?.[of] ?? null;
  const percentiles = [
    column("median", "Median", (line) => percentile(line, "p50_latency_ms")),
    column("most", "95 %", (line) => percentile(line, "p95_latency_ms")),
  ];
  return [
    ...(group === "model" ? percentiles : []),
    column("average", "Average", (line) => line.avg_latency_ms),
    column("first", "First token", (line) => line.avg_ttft_ms),
  ];
}
