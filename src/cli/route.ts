import { isObject, type JsonObject } from "../core/json.ts";
import { type AddCommand, type Answer, answering, type Context } from "./context.ts";
import { cell, table } from "./table.ts";

interface Options {
  model?: string;
  industry?: string;
}

/** `nyuro route "<prompt>"`. */
export const addRoute: AddCommand = (program, context) => {
  const route = program
    .command("route")
    .argument("<prompt>", "what a request would say")
    .description("where a prompt would go and why, without calling anyone")
    .option("--model <form>", "model, alias, industry:…, strategy:… (default: auto)")
    .option("--industry <tag>", "the request's metadata.industry");
  answering<Options>(route, context, (options, prompt) => decide(context, prompt ?? "", options));
};

async function decide({ api }: Context, prompt: string, { model, industry }: Options): Promise<Answer> {
  const answer = await api.send("POST", "/route", {
    messages: [{ role: "user", content: prompt }],
    ...(model === undefined ? {} : { model }),
    ...(industry === undefined ? {} : { metadata: { industry } }),
  });
  return "problem" in answer ? answer : { json: answer.body, text: textOf(answer.body) };
}

function rowsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textOf(decision: JsonObject): string {
  const task = isObject(decision.task) ? decision.task.name : null;
  const head = [
    `reason    ${cell(decision.reason)}`,
    `rule      ${cell(decision.rule)}`,
    `task      ${cell(task)}`,
    `industry  ${cell(decision.industry ?? suggested(decision))}`,
  ];
  const candidates = rowsOf(decision.candidates).map((it) => [
    ...[
      it.state,
      it.provider,
      it.model,
      it.reason,
      it.expected_cost_usd,
      it.quality,
      it.ttft_p50_ms,
      it.resting,
    ],
  ]);
  const names = ["STATE", "PROVIDER", "MODEL", "REASON", "COST USD", "QUALITY", "TTFT MS", "RESTING"];
  const excluded = rowsOf(decision.excluded).map((it) => [it.provider, it.model, it.reason, it.detail]);
  const left = excluded.length === 0 ? [] : ["", table(["PROVIDER", "MODEL", "EXCLUDED", "WHY"], excluded)];
  return [...head, "", table(names, candidates), ...left].join("\n");
}

function suggested({ suggested_industry: tag }: JsonObject): string | null {
  return typeof tag === "string" ? `${tag} (suggested)` : null;
}
