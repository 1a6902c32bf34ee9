import type { RuleConfig } from "../../config/config.ts";
import { showPath } from "../../config/problem.ts";
import { draftProblems, readRuleBody, readRuleText } from "../../config/rule-body.ts";
import { fileJsonSchema } from "../../config/schema.ts";
import { toRfc3339 } from "../../core/clock.ts";
import type { Deployment } from "../../core/deployment.ts";
import { invalidField } from "../../core/errors.ts";
import { isObject, type JsonObject } from "../../core/json.ts";
import { formatUsd } from "../../core/money.ts";
import { DryRun, type NotJudged } from "../../gateway/dry-run.ts";
import { DryRunSums, type Move } from "../../gateway/dry-run-sums.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { Store } from "../../store/open.ts";
import { findDecisions } from "../../store/requests-decisions.ts";
import type { RequestPosition } from "../../store/requests-scan.ts";
import { answers, type Resource, refused, routeOf, takes, z } from "./contract.ts";

const HOUR_MS = 3_600_000;
/** Rows that are looked at, the newest. */
const MOST_ROWS = 20_000;
/** Rows that come from the reader at once: unpacking them is work of the main thread. */
const PAGE_ROWS = 100;
/** What is judged before requests have their turn: so many rows, fewer where they take longer than this. */
const SLICE = { rows: 8, ms: 3 };

const REASONS: Record<NotJudged, string> = {
  keywords: "A rule asks for words, and rows keep none of the prompt.",
  contains_pii: "A rule asks what stands in the prompt, of which rows keep nothing.",
  metadata: "A rule asks for metadata, of which only the industry is kept.",
  task: "The class of the prompt counts, and nobody had to know it then.",
  parameters: "The request wanted providers that take all its fields, which are not kept.",
  no_decision: "The request was refused before anything was decided.",
  request_not_kept: "The row is of before requests were kept with their decision.",
};
const NAMES = Object.keys(REASONS) as [NotJudged, ...NotJudged[]];

const place = z.object({ provider: z.string(), model: z.string() });
const count = z.number().nullable();
const moveSchema = z.object({
  from: place.nullable().openapi({ description: "null = it was refused." }),
  to: place,
  requests: z.number(),
  priced_requests: z.number().openapi({ description: "Those in the costs: both places have a price." }),
  cost_usd_before: z.string().openapi({ description: "As billed, or its tokens at the price of now." }),
  cost_usd_after: z.string().openapi({ description: "Its tokens at the price of now: an estimate." }),
  p50_ms_before: count.openapi({ description: "Whole answers seen there in these hours; null = none." }),
  p95_ms_before: count,
  p50_ms_after: count,
  p95_ms_after: count,
  examples: z.array(z.string()),
});

export const dryRunSchema = z
  .object({
    from: z.string(),
    to: z.string(),
    requests: z.number(),
    cut: z.boolean().openapi({ description: `There are more: only the newest ${MOST_ROWS} were looked at.` }),
    judged: z.number(),
    not_judged: z.array(z.object({ reason: z.enum(NAMES), why: z.string(), requests: z.number() })),
    matched: z.number().openapi({ description: "The draft would have decided." }),
    moved: z.number().openapi({ description: "Another deployment would have been first." }),
    refused: z.number().openapi({ description: "Nobody would have been called." }),
    admitted: z.number().openapi({ description: "Of those moved: refused by the rules in force." }),
    moves: z.array(moveSchema),
    cost_usd_before: z.string(),
    cost_usd_after: z.string(),
    examples: z.array(z.string()),
    problems: z.array(z.string()).openapi({ description: "What a file with this rule would be told." }),
  })
  .openapi("DryRun");

/** One rule in the words of the configuration file, as JSON schema. What checks it is the reader of that file. */
function fileRule(): JsonObject {
  const { properties } = fileJsonSchema();
  const list = isObject(properties) && isObject(properties.rules) ? properties.rules : {};
  return isObject(list.items) ? withoutReferences(list.items) : {};
}

/** They lead to other parts of the file's schema: any JSON, which `set_params` may hold. */
function withoutReferences(schema: JsonObject): JsonObject {
  const text = JSON.stringify(schema, (_, value) => (isObject(value) && "$ref" in value ? {} : value));
  return JSON.parse(text);
}

const dryRun = routeOf("dryRunRule", {
  summary: "What a rule would have changed for the requests of the last hours; nobody is called",
  request: {
    body: takes(
      z.strictObject({
        rule: z
          .union([
            z.record(z.string(), z.unknown()).openapi("DraftRule", fileRule()),
            z.string().max(100_000),
          ])
          .openapi({ description: "As JSON, or as text in YAML." }),
        hours: z.int().min(1).max(168).default(24),
      }),
    ),
  },
  responses: answers(dryRunSchema),
});

/** `POST /rules/dry-run`. */
export const addDryRun: Resource = (app, { services, store }) => {
  app.openapi(dryRun, async (c) => {
    const { rule, hours } = c.req.valid("json");
    const said = typeof rule === "string" ? readRuleText(rule) : { body: rule };
    const read = "mistake" in said ? said : readRuleBody(said.body);
    if ("mistake" in read) {
      const param = showPath(["rule", ...read.mistake.path]);
      return refused(invalidField(param, `\`${param}\` ${read.mistake.reason}.`));
    }
    const { gateway } = services;
    const toMs = gateway.clock.now() + 1;
    const span = { fromMs: toMs - hours * HOUR_MS, toMs };
    const { sums, isCut } = await judgeRows(store, gateway, read.rule, span);
    const others = gateway.snapshot().policy.rules.all.filter(({ name }) => name !== read.rule.name);
    return c.json(show(sums, { ...span, isCut, problems: draftProblems(read.rule, others) }), 200);
  });
};

async function judgeRows(
  store: Store,
  gateway: Gateway,
  rule: RuleConfig,
  span: { fromMs: number; toMs: number },
): Promise<{ sums: DryRunSums; isCut: boolean }> {
  const run = new DryRun(rule, gateway.snapshot(), gateway.health);
  const sums = new DryRunSums();
  let after: RequestPosition | null = null;
  for (;;) {
    const rows = await findDecisions(store.queries, span, after, PAGE_ROWS).execute();
    let sliceMs = gateway.clock.monotonic();
    for (const row of rows) {
      if (sums.requests === MOST_ROWS) return { sums, isCut: true };
      sums.add(row, run.judge(row));
      const isOver = gateway.clock.monotonic() - sliceMs >= SLICE.ms;
      if (!isOver && sums.requests % SLICE.rows !== 0) continue;
      await Bun.sleep(0);
      sliceMs = gateway.clock.monotonic();
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_ROWS) return { sums, isCut: false };
    after = { timeMs: last.time_ms, sequence: last.sequence };
  }
}

interface About {
  fromMs: number;
  toMs: number;
  isCut: boolean;
  problems: string[];
}

function show(sums: DryRunSums, { fromMs, toMs, isCut, problems }: About): z.output<typeof dryRunSchema> {
  const moves = sums.movesByRequests();
  const total = (of: (move: Move) => number) => formatUsd(moves.reduce((sum, it) => sum + of(it), 0));
  return {
    ...{ from: toRfc3339(fromMs), to: toRfc3339(toMs) },
    ...{ requests: sums.requests, cut: isCut, judged: sums.judged },
    not_judged: [...sums.notJudged].map(([reason, requests]) => ({ reason, why: REASONS[reason], requests })),
    ...{ matched: sums.matched, moved: sums.moved, refused: sums.refused, admitted: sums.admitted },
    moves: moves.map((move) => showMove(move, sums)),
    cost_usd_before: total(({ costBeforeNanoUsd }) => costBeforeNanoUsd),
    cost_usd_after: total(({ costAfterNanoUsd }) => costAfterNanoUsd),
    examples: sums.examples,
    problems,
  };
}

const placeOf = ({ providerId, model }: Deployment) => ({ provider: providerId, model });

function showMove(move: Move, sums: DryRunSums): z.output<typeof moveSchema> {
  const { from, to } = move;
  const before = from ? sums.observed(from) : { p50: null, p95: null };
  const after = sums.observed(to);
  return {
    ...{ from: from && placeOf(from), to: placeOf(to), requests: move.requests },
    priced_requests: move.priced,
    cost_usd_before: formatUsd(move.costBeforeNanoUsd),
    cost_usd_after: formatUsd(move.costAfterNanoUsd),
    ...{ p50_ms_before: before.p50, p95_ms_before: before.p95 },
    ...{ p50_ms_after: after.p50, p95_ms_after: after.p95 },
    examples: move.examples,
  };
}
