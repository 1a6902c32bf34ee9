import { useState } from "react";
import type { Reconciliation } from "../../api-types.ts";
import { nanoOf, showCount, showUsd } from "../../core/format.ts";
import { PageLink } from "../../location.tsx";
import { Empty } from "../../parts/notice.tsx";
import { Status } from "../../parts/status.tsx";
import { type Column, type Sort, Table } from "../../parts/table.tsx";
import { causesOf, type Day } from "./causes.ts";

const DAY_MS = 86_400_000;

type Counted = "requests" | "prompt_tokens" | "completion_tokens";
type Compared = Pick<Day, "theirs" | "ours" | "difference">;

export function ReconciliationTable({ result, lines }: { result: Reconciliation; lines: readonly Day[] }) {
  const [sort, setSort] = useState<Sort | null>(null);
  if (lines.length === 0) return <Empty title="No line differs" />;
  return (
    <Table
      caption={`${result.provider}'s figures beside ours`}
      columns={columnsOf(result)}
      rows={lines}
      idOf={({ day, model, names }) => `${day} ${model} ${names.join()}`}
      sort={sort}
      onSort={setSort}
    />
  );
}

function columnsOf(result: Reconciliation): readonly Column<Day>[] {
  return [
    { id: "day", title: "Day (UTC)", by: ({ day }) => day, cell: ({ day }) => day, foot: "Total" },
    {
      id: "model",
      title: "Model",
      by: ({ model }) => model,
      cell: (line) => <Model line={line} result={result} />,
    },
    counted("requests", "Requests", result),
    counted("prompt_tokens", "Tokens in", result),
    counted("completion_tokens", "Tokens out", result),
    {
      id: "cost",
      title: "Cost",
      isNumber: true,
      by: ({ difference }) => (difference.cost_usd === null ? null : nanoOf(difference.cost_usd)),
      cell: (line) => <Cost of={line} />,
      foot: <Cost of={result.total} />,
    },
    { id: "why", title: "Likely because", cell: (line) => <Why causes={causesOf(line, result.days)} /> },
  ];
}

function counted(id: Counted, title: string, result: Reconciliation): Column<Day> {
  return {
    id,
    title,
    isNumber: true,
    by: ({ difference }) => difference[id],
    cell: (line) => <Count of={line} id={id} />,
    foot: <Count of={result.total} id={id} />,
  };
}

/** Links to our rows of that day. */
function Model({ line: { day, model, ours, names }, result }: { line: Day; result: Reconciliation }) {
  const from = new Date(Date.parse(day)).toISOString();
  const to = new Date(Date.parse(day) + DAY_MS).toISOString();
  const shown = model ?? names.join(", ");
  return ours && model !== null ? (
    <PageLink to="/logs" search={{ range: "custom", from, to, tz: "UTC", provider: result.provider, model }}>
      {shown}
    </PageLink>
  ) : (
    <span>{shown}</span>
  );
}

/** Theirs and ours, and the difference below where there is one. */
function Pair({ theirs, ours, difference }: { theirs: string; ours: string; difference: string | null }) {
  return (
    <span className="whitespace-nowrap">
      {theirs} <span className="text-quiet">/</span> {ours}
      {difference && (
        <>
          <br />
          <strong>{difference}</strong>
        </>
      )}
    </span>
  );
}

function Count({ of: { theirs, ours, difference }, id }: { of: Compared; id: Counted }) {
  const by = difference[id];
  const shown = by === null || by === 0 ? null : `${by > 0 ? "+" : "−"}${showCount(Math.abs(by))}`;
  return <Pair theirs={showCount(theirs?.[id])} ours={showCount(ours?.[id])} difference={shown} />;
}

function Cost({ of: { theirs, ours, difference } }: { of: Compared }) {
  const by = difference.cost_usd;
  const isSame = by === null || nanoOf(by) === 0n;
  const shown = isSame ? null : by.startsWith("-") ? `−${showUsd(by.slice(1))}` : `+${showUsd(by)}`;
  return <Pair theirs={showUsd(theirs?.cost_usd)} ours={showUsd(ours?.cost_usd)} difference={shown} />;
}

function Why({ causes }: { causes: readonly string[] }) {
  if (causes.length === 0) return <Status word="ok" label="agrees" />;
  return (
    <ul className="min-w-56 max-w-[45ch] whitespace-normal">
      {causes.map((cause) => (
        <li key={cause}>{cause}</li>
      ))}
    </ul>
  );
}
