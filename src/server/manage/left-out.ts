import type { MoneyReason } from "../../gateway/decision-record.ts";
import { EXCLUSIONS } from "../../routing/exclusion.ts";
import type { Explanation } from "../../routing/explain.ts";

/** Who was, or would be, left uncalled because of money stands among the excluded, not in the chain. */
export function withoutLeftOut(
  { candidates, excluded }: Explanation,
  leftOut: ReadonlyMap<string, MoneyReason>,
): Explanation {
  const reasonOf = ({ provider, model }: { provider: string; model: string }) =>
    leftOut.get(`${provider}/${model}`);
  const left = candidates.flatMap((it) => {
    const reason = reasonOf(it);
    return reason ? [{ provider: it.provider, model: it.model, reason, detail: EXCLUSIONS[reason] }] : [];
  });
  const chain = candidates.filter((it) => reasonOf(it) === undefined);
  return {
    candidates: chain.map((it, index) => ({ ...it, state: index === 0 ? "selected" : "behind" })),
    excluded: [...left, ...excluded],
  };
}
