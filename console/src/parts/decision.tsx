import type { Decision } from "../api-types.ts";
import { showCount, showDuration, showUsd, UNKNOWN } from "../core/format.ts";
import { Note } from "./notice.tsx";
import { Status } from "./status.tsx";
import { type Column, Table } from "./table.tsx";

type Candidate = Decision["candidates"][number];
type Exclusion = Decision["excluded"][number];

const CANDIDATES: readonly Column<Candidate>[] = [
  { id: "state", title: "State", cell: ({ state }) => <Status word={state} /> },
  {
    id: "deployment",
    title: "Deployment",
    cell: ({ provider, model, local }) => (
      <span>
        {provider}/{model} {local && <Status word="local" />}
      </span>
    ),
  },
  {
    id: "reason",
    title: "Why there",
    cell: ({ reason, resting }) => (
      <span>
        {reason}
        {resting && (
          <>
            {" "}
            <Status word="resting" label={`resting: ${resting}`} />
          </>
        )}
      </span>
    ),
  },
  { id: "cost", title: "Expected cost", isNumber: true, cell: (it) => showUsd(it.expected_cost_usd) },
  {
    id: "price",
    title: "In / out per million",
    isNumber: true,
    cell: (it) => `${showUsd(it.input_price_usd)} / ${showUsd(it.output_price_usd)}`,
  },
  { id: "quality", title: "Quality", isNumber: true, cell: (it) => it.quality ?? UNKNOWN },
  { id: "ttft", title: "First token", isNumber: true, cell: (it) => showDuration(it.ttft_p50_ms) },
  { id: "context", title: "Context", isNumber: true, cell: (it) => showCount(it.context_length) },
  { id: "load", title: "In flight", isNumber: true, cell: (it) => showCount(it.in_flight) },
];

const EXCLUDED: readonly Column<Exclusion>[] = [
  { id: "state", title: "State", cell: () => <Status word="excluded" /> },
  { id: "deployment", title: "Deployment", cell: ({ provider, model }) => `${provider}/${model}` },
  { id: "reason", title: "Reason", cell: ({ reason }) => reason.replaceAll("_", " ") },
  { id: "detail", title: "In detail", cell: ({ detail }) => detail },
];

interface DecisionProps {
  candidates: Decision["candidates"];
  excluded: Decision["excluded"];
}

/** Every deployment that was looked at: selected, behind it, or left out and why. */
export function DecisionTables({ candidates, excluded }: DecisionProps) {
  const idOf = ({ provider, model }: { provider: string; model: string }) => `${provider}/${model}`;
  return (
    <div className="grid min-w-0 gap-5">
      {candidates.length === 0 ? (
        <Note tone="warn">No candidate was left.</Note>
      ) : (
        <Table
          caption="Candidates in the order they are tried"
          columns={CANDIDATES}
          rows={candidates}
          idOf={idOf}
        />
      )}
      {excluded.length === 0 ? (
        <p className="text-quiet">Nothing was left out.</p>
      ) : (
        <div className="min-w-0">
          <h3 className="pb-1">Left out ({excluded.length})</h3>
          <Table caption="Deployments that were left out" columns={EXCLUDED} rows={excluded} idOf={idOf} />
        </div>
      )}
    </div>
  );
}
