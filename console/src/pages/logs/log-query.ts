import type { Query } from "../../api.ts";
import { urlOf } from "../../api.ts";
import type { Span } from "../../core/range.ts";
import { type LogSearch, logs } from "../../search.ts";

export const FILTERS = ["status", "model", "provider", "key", "industry", "fallback"] as const;
export type FilterName = (typeof FILTERS)[number];
export type LogFilters = Partial<Pick<LogSearch, FilterName>>;

/** The URL's filters in the API's words. */
export function filtersOf(search: Partial<LogSearch>, org_id: string | undefined): Query {
  const { status, model, provider, key, industry, fallback } = search;
  return { status, model, provider, key_id: key, industry, fallback, org_id };
}

/** One filter as a part of the URL; what no filter can be is left out, undefined takes it away. */
export function withFilter(name: FilterName, value: string | undefined): LogFilters {
  return { [name]: value === undefined ? undefined : logs.parse({ [name]: value })[name] };
}

export function withoutFilters(): LogFilters {
  return Object.fromEntries(FILTERS.map((name) => [name, undefined]));
}

/** As it is typed: `status:error model:"my model" provider:openai`. */
export function written(search: LogFilters): string {
  return FILTERS.flatMap((name) => {
    const value = search[name];
    if (value === undefined) return [];
    return [`${name}:${/[\s"]/.test(value) ? JSON.stringify(value) : value}`];
  }).join(" ");
}

/** The filters that a query means, or what of it nobody understands. Values are whole: there are no patterns. */
export function readQuery(text: string): { filters: LogFilters } | { problem: string } {
  const found: LogFilters = {};
  const words = text.match(/[^\s:"]+:"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  for (const word of words) {
    const [, name = "", value = ""] = /^([^:]+):(.+)$/s.exec(word) ?? [];
    const filter = FILTERS.find((it) => it === name);
    if (!filter)
      return { problem: `“${word}” is no filter: ${FILTERS.join(", ")}, each with a colon and a value.` };
    const plain = unquoted(value);
    const part = plain === null ? {} : withFilter(filter, plain);
    if (part[filter] === undefined) return { problem: `“${value}” is nothing that ${filter} can be.` };
    if (found[filter] !== undefined) return { problem: `${filter} stands there twice.` };
    Object.assign(found, part);
  }
  return { filters: found };
}

function unquoted(value: string): string | null {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return null;
  }
}

/** The same rows as a table, streamed by the server. */
export function csvUrl(filters: Query, span: Span): string {
  return urlOf("/api/v1/logs", { ...filters, ...span, format: "csv" });
}

export function streamUrl(filters: Query): string {
  return urlOf("/api/v1/logs/stream", filters);
}
