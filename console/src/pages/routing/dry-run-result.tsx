import type { DryRun } from "../../api-types.ts";
import { nanoOf, showCount, showDuration, showUsd, usdOf } from "../../core/format.ts";
import { PageLink } from "../../location.tsx";
import { Note } from "../../parts/notice.tsx";
import { Facts } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";

type Move = DryRun["moves"][number];

const times = (count: number) => `${showCount(count)} ${count === 1 ? "request" : "requests"}`;

/** `+$0.02`, `−$0.004`: what it would have cost more or less. */
function saved(before: string, after: string): string {
  const difference = nanoOf(after) - nanoOf(before);
  const amount = showUsd(usdOf(difference < 0n ? -difference : difference));
  return difference === 0n ? "no difference in cost" : `${difference < 0n ? "−" : "+"}${amount}`;
}

export function DryRunResult({ result }: { result: DryRun }) {
  const { requests, judged, matched, moved, refused, admitted } = result;
  const priced = result.moves.reduce((sum, it) => sum + it.priced_requests, 0);
  return (
    <div className="grid min-w-0 gap-4">
      <p className="text-base">
        <strong>{headline(result)}</strong>
        {moved > 0 && (
          <>
            {" "}
            <span className="whitespace-nowrap">{saved(result.cost_usd_before, result.cost_usd_after)}</span>
            {priced < moved && ` for the ${showCount(priced)} whose price is known`}.
          </>
        )}
      </p>
      {result.problems.map((problem) => (
        <Note key={problem} tone="warn">
          {problem}
        </Note>
      ))}
      {result.cut && (
        <Note tone="info">There were more requests: these are the newest {showCount(requests)}.</Note>
      )}
      <Facts
        facts={[
          [
            "Requests",
            <PageLink key="all" to="/logs" search={spanOf(result)}>
              {showCount(requests)}
            </PageLink>,
          ],
          ["Could be judged", showCount(judged)],
          ["It would have decided", showCount(matched)],
          ["Moved", showCount(moved)],
          ["Refused", showCount(refused)],
          ...(admitted > 0 ? [["No longer refused", showCount(admitted)] as const] : []),
        ]}
      />
      {result.not_judged.length > 0 && <NotJudged result={result} />}
      {result.moves.length > 0 && (
        <Table
          caption="Requests that would have gone elsewhere"
          columns={columnsOf(result)}
          rows={result.moves}
          idOf={({ from, to }) => JSON.stringify([from, to])}
        />
      )}
      {result.moves.length === 0 && result.examples.length > 0 && (
        <p>
          Such as <Rows ids={result.examples.slice(0, 5)} />
        </p>
      )}
    </div>
  );
}

function headline({ moved, refused, matched, judged }: DryRun): string {
  if (judged === 0) return "No request could be judged.";
  if (moved === 0 && refused === 0)
    return matched === 0 ? "It would have decided nothing." : "Every request would have gone where it goes.";
  const parts = [
    moved > 0 ? `moved ${times(moved)}` : null,
    refused > 0 ? `refused ${times(refused)}` : null,
  ].filter((part) => part !== null);
  return `It would have ${parts.join(" and ")}.`;
}

const spanOf = ({ from, to }: Pick<DryRun, "from" | "to">) => ({ range: "custom", from, to }) as const;

function NotJudged({ result }: { result: DryRun }) {
  return (
    <Note tone="info">
      <p className="font-medium">{times(result.requests - result.judged)} could not be judged:</p>
      <ul className="list-disc pl-5">
        {result.not_judged.map(({ reason, why, requests }) => (
          <li key={reason}>
            {showCount(requests)}: {why}
          </li>
        ))}
      </ul>
    </Note>
  );
}

function columnsOf(result: DryRun): readonly Column<Move>[] {
  const at = (place: Move["from"]) =>
    place === null ? (
      "refused"
    ) : (
      <PageLink to="/logs" search={{ ...spanOf(result), ...place }}>
        {place.provider}/{place.model}
      </PageLink>
    );
  const pair = (before: number | null, after: number | null) =>
    `${showDuration(before)} → ${showDuration(after)}`;
  return [
    { id: "from", title: "From", cell: ({ from }) => at(from) },
    { id: "to", title: "To", cell: ({ to }) => at(to) },
    { id: "requests", title: "Requests", isNumber: true, cell: (it) => showCount(it.requests) },
    {
      id: "cost",
      title: "Cost",
      isNumber: true,
      cell: (it) =>
        it.priced_requests === 0
          ? "unknown"
          : `${showUsd(it.cost_usd_before)} → ${showUsd(it.cost_usd_after)}`,
    },
    { id: "p50", title: "Median", isNumber: true, cell: (it) => pair(it.p50_ms_before, it.p50_ms_after) },
    { id: "p95", title: "p95", isNumber: true, cell: (it) => pair(it.p95_ms_before, it.p95_ms_after) },
    { id: "rows", title: "Such as", cell: ({ examples }) => <Rows ids={examples} /> },
  ];
}

function Rows({ ids }: { ids: readonly string[] }) {
  return (
    <span className="inline-flex flex-wrap gap-x-2">
      {ids.map((id) => (
        <PageLink key={id} to="/logs/$id" id={id}>
          {id}
        </PageLink>
      ))}
    </span>
  );
}
