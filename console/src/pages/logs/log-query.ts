import type { Query } from "../../api.ts";
import { urlOf } from "../../api.ts";
import type { Span } from "../../core/range.ts";
import type { LogSearch } from "../../search.ts";

export const FILTERS = ["status", "model", "provider", "key", "industry", "fallback"] as const;

/** The URL's filters in the API's words. */
export function filtersOf(search: Partial<LogSearch>, org_id: string | undefined): Query {
  const { status, model, provider, key, industry, fallback } = search;
  return { status, model, provider, key_id: key, industry, fallback, org_id };
}

/** The same rows as a table, streamed by the server. */
export function csvUrl(filters: Query, span: Span): string {
  return urlOf("/api/v1/logs", { ...filters, ...span, format: "csv" });
}

export function streamUrl(filters: Query): string {
  return urlOf("/api/v1/logs/stream", filters);
}
