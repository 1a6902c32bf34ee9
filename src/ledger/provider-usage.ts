import type { Store } from "../store/open.ts";
import { failedAttemptsByDay, usageByDay } from "../store/requests-usage.ts";
import type { OurFigures } from "./reconcile.ts";

const DAY_MS = 86_400_000;

/** What our rows say that a provider worked on, of every organization, from the first to the last of these UTC days. */
export async function providerUsage(
  store: Store,
  provider: string,
  firstDay: string,
  lastDay: string,
): Promise<OurFigures[]> {
  const range = { provider, fromMs: Date.parse(firstDay), toMs: Date.parse(lastDay) + DAY_MS };
  const { queries } = store;
  const [rows, failed] = await store.readTogether([
    usageByDay(queries, range),
    failedAttemptsByDay(queries, range),
  ]);
  return [
    ...rows.map((row) => ({
      ...{ day: row.day, model: row.model, upstreamModel: row.upstream_model },
      ...{ requests: row.requests, promptTokens: row.prompt_tokens },
      ...{ completionTokens: row.completion_tokens, costNanoUsd: row.cost_nano_usd },
      unpricedRequests: row.unpriced,
    })),
    ...failed.map((row) => ({
      ...{ day: row.day, model: row.model, upstreamModel: upstreamOf(row.model, rows) },
      ...{ requests: row.requests, promptTokens: 0, completionTokens: 0 },
      ...{ costNanoUsd: row.cost_nano_usd, unpricedRequests: 0 },
    })),
  ];
}

/** Attempts say the catalog's name only; rows of the same model may say the other. */
function upstreamOf(
  model: string,
  rows: readonly { model: string | null; upstream_model: string | null }[],
): string | null {
  return rows.find((row) => row.model === model)?.upstream_model ?? null;
}
