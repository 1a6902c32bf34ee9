import type { Reconciliation } from "../../api-types.ts";
import { nanoOf } from "../../core/format.ts";

export type Day = Reconciliation["days"][number];

const DAY_MS = 86_400_000;
const dayAfter = (day: string, days: number) =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

export function isDifferent({ theirs, ours, difference }: Day): boolean {
  const { requests, prompt_tokens, completion_tokens, cost_usd } = difference;
  const counts = [requests, prompt_tokens, completion_tokens].some((it) => it !== null && it !== 0);
  return theirs === null || ours === null || counts || (cost_usd !== null && nanoOf(cost_usd) !== 0n);
}

/** What most likely makes a line differ, the likeliest first; none = it agrees. Nothing of it is certain. */
export function causesOf(line: Day, all: readonly Day[]): readonly string[] {
  const { theirs, ours, difference } = line;
  if (!isDifferent(line)) return [];
  if (theirs === null)
    return [
      "Their export has no such line: it may end before, or call the model by a name that is not known here.",
    ];
  if (ours === null)
    return [
      "None of it came through this gateway: another program uses the account, or our rows of that day are deleted.",
    ];
  const causes = [
    atMidnight(line, all)
      ? "Requests near midnight: ours count when they begin, theirs when they end."
      : null,
    ours.unpriced_requests > 0
      ? `${ours.unpriced_requests} of our requests have no price: they cost nothing in our figure.`
      : null,
    ...requestCauses(difference.requests ?? 0),
    ...tokenCauses(difference),
    ...costCauses(difference),
  ];
  return causes.filter((cause) => cause !== null);
}

/** The neighbouring day of the same model lacks what this one has too many of. */
function atMidnight({ day, model, difference }: Day, all: readonly Day[]): boolean {
  const own = difference.requests ?? 0;
  return (
    own !== 0 &&
    all.some(
      (it) =>
        it.model === model &&
        (it.day === dayAfter(day, 1) || it.day === dayAfter(day, -1)) &&
        Math.sign(it.difference.requests ?? 0) === -Math.sign(own),
    )
  );
}

function requestCauses(requests: number): (string | null)[] {
  if (requests > 0) return ["They saw more requests: another program uses the account beside this gateway."];
  return requests < 0
    ? [
        "We saw more requests: theirs leave out what failed or was broken off, or the export is not whole yet.",
      ]
    : [];
}

function tokenCauses({ requests, prompt_tokens, completion_tokens }: Day["difference"]): (string | null)[] {
  const isTokens = (prompt_tokens ?? 0) !== 0 || (completion_tokens ?? 0) !== 0;
  return isTokens && (requests ?? 0) === 0
    ? ["Tokens that we counted ourselves: streams that were broken off, or answers without usage."]
    : [];
}

function costCauses({ prompt_tokens, completion_tokens, cost_usd }: Day["difference"]): (string | null)[] {
  if (cost_usd === null || nanoOf(cost_usd) === 0n) return [];
  if ((prompt_tokens ?? 0) !== 0 || (completion_tokens ?? 0) !== 0) return [];
  return nanoOf(cost_usd) > 0n
    ? ["They charge more: tools, another service tier, taxes, or a price that changed."]
    : ["They charge less: a discount, credits, or a price that changed."];
}
