import type { Task } from "../../config/words.ts";
import { TASKS } from "../../config/words.ts";
import { isObject, type JsonObject, parseJson } from "../../core/json.ts";
import { formatUsd } from "../../core/money.ts";
import { readDecision } from "../../gateway/decision-record.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { RequestBodies } from "../../ledger/bodies.ts";
import type { WhyNone } from "../../ledger/kept-bodies.ts";
import type { LedgerRow } from "../../ledger/row.ts";
import { explain, planAgain } from "../../routing/explain.ts";
import { CALM } from "../../routing/health-reader.ts";
import { z } from "./contract.ts";
import { showTable, tableSchema } from "./decision-shape.ts";
import { withoutLeftOut } from "./left-out.ts";
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
    form: text,
    rule: text,
    decision: z.object(tableSchema).nullable().openapi({
      description:
        "Every deployment, chosen or not, worked out again from the revisions below as if nobody had rested; null = they are forgotten.",
    }),
    catalog_revision: text,
    config_revision: text,
    bodies: z
      .object({
        request: text.openapi({ description: "As it was sent; null = it could not be read." }),
        response: text.openapi({
          description: "As it was given, a stream's events as text; null = nothing was.",
        }),
        request_truncated: z.boolean().openapi({ description: "Only its first MiB is kept." }),
        response_truncated: z.boolean(),
        request_redacted: z.boolean().openapi({ description: "Attached files or API keys were left out." }),
        response_redacted: z.boolean(),
      })
      .nullable()
      .openapi({ description: "What was said, where the organization kept it." }),
    bodies_missing: z.enum(["not_stored", "expired"]).nullable().openapi({
      description:
        "Why there are no `bodies`: `not_stored` = the organization did not keep them when it was asked, or they were erased; `expired` = the request is older than `store.body_days`.",
    }),
  })
  .openapi("LogDetail");

export function showLogDetail(
  row: LedgerRow,
  bodies: RequestBodies | WhyNone,
  gateway: Pick<Gateway, "snapshotAt">,
): z.output<typeof logDetailSchema> {
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
    form: textOf(decision?.form),
    rule: textOf(decision?.rule),
    decision: decidedAgain(row, gateway),
    catalog_revision: textOf(decision?.catalog),
    config_revision: textOf(decision?.config),
    ...(typeof bodies === "string"
      ? { bodies: null, bodies_missing: bodies }
      : { bodies: showBodies(bodies), bodies_missing: null }),
  };
}

function showBodies({ request, response }: RequestBodies) {
  return {
    request: request && request.text,
    response: response && response.text,
    request_truncated: request?.isTruncated ?? false,
    response_truncated: response?.isTruncated ?? false,
    request_redacted: request?.isRedacted ?? false,
    response_redacted: response?.isRedacted ?? false,
  };
}

/** Null = the revisions it was made from are forgotten, or it was never made. */
function decidedAgain(row: LedgerRow, gateway: Pick<Gateway, "snapshotAt">) {
  const kept = readDecision(row.decision, row.operation === "chat" ? "chat" : "embedding");
  const snapshot = kept && gateway.snapshotAt(kept.catalogRevision, kept.configRevision);
  if (!kept?.route || !snapshot) return null;
  const policy = { ...snapshot.policy, draining: new Set(kept.draining) };
  const ground = { catalog: snapshot.catalog, policy };
  const plan = planAgain(kept.route, { rule: kept.rule, task: taskOf(row.task) }, ground);
  return "code" in plan ? null : showTable(withoutLeftOut(explain(plan, kept.route, CALM), kept.leftOut));
}

function taskOf(word: string | null): Task | null {
  return TASKS.find((task) => task === word) ?? null;
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
