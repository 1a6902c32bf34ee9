import type { Bill } from "../../api-types.ts";
import { nanoOf, showCount, showUsd } from "../../core/format.ts";
import { PageLink } from "../../location.tsx";
import { Empty } from "../../parts/notice.tsx";
import { type Column, type Sort, Table } from "../../parts/table.tsx";

type By = "provider" | "model" | "key" | "industry";
type Line = Bill["by_provider"][number] & { key_name?: string | null };

interface BillTableProps {
  bill: Bill;
  by: By;
  lines: readonly Line[];
  sort: Sort;
  onSort: (sort: Sort) => void;
}

/** One breakdown; its foot is the bill's own total, which the lines add up to. */
export function BillTable({ bill, by, lines, sort, onSort }: BillTableProps) {
  if (lines.length === 0) return <Empty title="No requests in this month" />;
  return (
    <Table
      caption={`${bill.month} by ${by}`}
      columns={[nameColumn(bill, by), ...figureColumns(bill)]}
      rows={lines}
      idOf={({ name }) => name ?? ""}
      sort={sort}
      onSort={onSort}
    />
  );
}

const NAMELESS: Record<By, string> = {
  provider: "nobody answered",
  model: "nobody answered",
  key: "no key",
  industry: "no industry",
};

function nameColumn({ from, to }: Bill, by: By): Column<Line> {
  const span = from !== null && to !== null ? ({ range: "custom", from, to } as const) : {};
  return {
    id: "name",
    title: { provider: "Provider", model: "Model", key: "Key", industry: "Industry" }[by],
    by: ({ name, key_name }) => key_name ?? name,
    cell: ({ name, key_name }) =>
      name === null ? (
        <span className="text-quiet">{NAMELESS[by]}</span>
      ) : (
        <PageLink to="/logs" search={{ ...span, [by]: name }}>
          {key_name ?? name}
        </PageLink>
      ),
    foot: "Total",
  };
}

function figureColumns(bill: Bill): Column<Line>[] {
  const counted = (
    id: "requests" | "prompt_tokens" | "completion_tokens" | "unpriced_requests",
    title: string,
  ): Column<Line> => ({
    id,
    title,
    isNumber: true,
    by: (line) => line[id],
    cell: (line) => showCount(line[id]),
    foot: showCount(bill[id]),
  });
  return [
    counted("requests", "Requests"),
    counted("prompt_tokens", "Tokens in"),
    counted("completion_tokens", "Tokens out"),
    counted("unpriced_requests", "Unpriced"),
    {
      id: "cost",
      title: "Cost",
      isNumber: true,
      by: ({ cost_usd }) => nanoOf(cost_usd),
      cell: ({ cost_usd }) => showUsd(cost_usd),
      foot: showUsd(bill.total_usd),
    },
  ];
}
