import type { LogDetail } from "../../api-types.ts";
import { DecisionTables } from "../../parts/decision.tsx";
import { Empty, Note } from "../../parts/notice.tsx";
import { Status } from "../../parts/status.tsx";

/** What the row itself kept: the first candidates, and how many were left out for which reason. */
export function KeptDecision({ row: { candidates, candidates_behind, excluded } }: { row: LogDetail }) {
  if (candidates === null)
    return <Empty title="There was no decision">The request ended before one was made.</Empty>;
  const reasons = Object.entries(excluded ?? {});
  return (
    <div className="grid gap-4">
      <Note tone="info">
        The catalog or configuration that it was made from is no longer in memory: this is what the row kept
        of it.
      </Note>
      <ol className="grid gap-1.5">
        {candidates.map(({ provider, model }, index) => (
          <li key={`${provider}/${model}`} className="flex items-center gap-2">
            <Status word={index === 0 ? "selected" : "behind"} /> {provider}/{model}
          </li>
        ))}
        {(candidates_behind ?? 0) > 0 && (
          <li className="text-quiet">and {candidates_behind} more behind them</li>
        )}
      </ol>
      <ul className="grid gap-1.5">
        {reasons.map(([reason, count]) => (
          <li key={reason} className="flex items-center gap-2">
            <Status word="excluded" /> {count} × {reason.replaceAll("_", " ")}
          </li>
        ))}
      </ul>
    </div>
  );
}

type Table = NonNullable<LogDetail["decision"]>;

/** The candidates in the order of the chain as it was: who rested then stood at its end. */
export function asItWas(
  candidates: Table["candidates"],
  chain: LogDetail["candidates"],
): Table["candidates"] {
  const places = new Map(chain?.map(({ provider, model }, index) => [`${provider}/${model}`, index]));
  const placeOf = ({ provider, model }: { provider: string; model: string }) =>
    places.get(`${provider}/${model}`) ?? places.size;
  return candidates
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map((it, index) => ({ ...it, state: index === 0 ? "selected" : "behind" }));
}

/** Every deployment that was looked at, worked out again from the revisions that the row names. */
export function WholeDecision({ row, decision }: { row: LogDetail; decision: Table }) {
  return (
    <div className="grid min-w-0 gap-4">
      <p className="text-quiet">
        In the order of that moment, with the catalog and the configuration of that moment. Rests, times and
        load are not kept.
      </p>
      <DecisionTables {...decision} candidates={asItWas(decision.candidates, row.candidates)} />
    </div>
  );
}
