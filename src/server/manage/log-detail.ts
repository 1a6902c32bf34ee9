import { isObject, type JsonObject, parseJson } from "../../core/json.ts";
import { formatUsd } from "../../core/money.ts";
import type { LedgerRow } from "../../ledger/row.ts";
import { z } from "./contract.ts";
import { logSchema, showLog } from "./log-shape.ts";
import { priceSchema } from "./price-shape.ts";

const text = z.string().nullable();

/** A row with the decision behind it, as far as it was kept. */
export const logDetailSchema = logSchema
  .extend({
    operation: z.enum(["chat", "embeddings"]),
    upstream_model: text,
    error_code: text,
    cache_write_tokens: z.number().nullable(),
    price: priceSchema.nullable(),
    candidates: z.array(z.object({ provider: z.string(), model: z.string() })).nullable(),
    candidates_behind: z.number().nullable().openapi({ description: "Candidates after those listed." }),
    excluded: z.record(z.string(), z.number()).nullable().openapi({ description: "Count by reason." }),
    catalog_revision: text,
    config_revision: text,
  })
  .openapi("LogDetail");

export function showLogDetail(row: LedgerRow): z.output<typeof logDetailSchema> {
  const decision = objectOf(row.decision);
  return {
    ...showLog(row),
    operation: row.operation,
    upstream_model: row.upstreamModel,
    error_code: row.errorCode,
    cache_write_tokens: row.usage && row.usage.cacheWrite,
    price: priceOf(objectOf(row.price)),
    candidates: Array.isArray(decision?.candidates) ? decision.candidates.map(candidateOf) : null,
    candidates_behind: numberOf(decision?.behind),
    excluded: countsOf(decision?.excluded),
    catalog_revision: textOf(decision?.catalog),
    config_revision: textOf(decision?.config),
  };
}

function objectOf(json: string | null): JsonObject | null {
  const value = json === null ? null : parseJson(json);
  return isObject(value) ? value : null;
}

const textOf = (value: unknown) => (typeof value === "string" ? value : null);
const numberOf = (value: unknown) => (typeof value === "number" ? value : null);
const usdOf = (value: unknown) => (typeof value === "number" ? formatUsd(value) : null);

function countsOf(value: unknown): Record<string, number> | null {
  if (!isObject(value)) return null;
  return Object.fromEntries(Object.entries(value).map(([reason, count]) => [reason, Number(count)]));
}

/** A deployment's id is `provider/model`, and no provider id holds a slash. */
function candidateOf(id: unknown): { provider: string; model: string } {
  const name = String(id);
  const slash = name.indexOf("/");
  return { provider: name.slice(0, slash), model: name.slice(slash + 1) };
}

function priceOf(price: JsonObject | null): z.output<typeof priceSchema> | null {
  if (!price) return null;
  return {
    input: usdOf(price.input),
    output: usdOf(price.output),
    cached_input: usdOf(price.cachedInput),
    cache_write: usdOf(price.cacheWrite),
    reasoning: usdOf(price.reasoning),
    source: textOf(price.source),
    as_of: textOf(price.asOf),
  };
}
