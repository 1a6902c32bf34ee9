import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { isObject, type JsonObject } from "../core/json.ts";
import { type Answer, answering, type Context } from "./context.ts";
import { cell, table } from "./table.ts";

interface ReconcileOptions {
  provider: string;
}

/** `nyuro bill reconcile`, below `nyuro bill`. */
export function addReconcile(bill: Command, context: Context): void {
  const command = bill
    .command("reconcile")
    .argument("<file>", "the provider's usage or cost export, as CSV")
    .description("compare a provider's export with our rows, by UTC day and model; nothing is kept")
    .requiredOption("--provider <id>", "whose export it is");
  answering<ReconcileOptions>(command, context, (options, file = "") => compare(context, options, file));
}

async function compare({ api, cwd }: Context, options: ReconcileOptions, file: string): Promise<Answer> {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), "utf8");
  } catch {
    return { problem: `The file ${file} cannot be read.` };
  }
  const answer = await api.sendCsv("/bill/reconcile", { provider: options.provider }, text);
  return "problem" in answer ? answer : { json: answer.body, text: textOf(answer.body) };
}

const FIGURES = [
  ["REQUESTS", "requests"],
  ["PROMPT TOKENS", "prompt_tokens"],
  ["COMPLETION TOKENS", "completion_tokens"],
  ["COST USD", "cost_usd"],
] as const;

/** What the export does not tell has no columns. */
function textOf(body: JsonObject): string {
  const total = isObject(body.total) ? body.total : {};
  const told = FIGURES.filter(([, figure]) => figureOf(total, "theirs", figure) !== null);
  const names = told.flatMap(([name]) => [name, "OURS", "DIFFERENCE"]);
  const row = (line: JsonObject) =>
    told.flatMap(([, figure]) =>
      (["theirs", "ours", "difference"] as const).map((side) => figureOf(line, side, figure)),
    );
  const days = (Array.isArray(body.days) ? body.days : []).filter(isObject);
  const rows = days.map((line) => [line.day, line.model, ...row(line)]);
  return [
    `${cell(body.provider)}, ${cell(body.form)}, ${cell(body.from)} to ${cell(body.to)} in UTC`,
    `only theirs: ${cell(body.only_theirs)}, only ours: ${cell(body.only_ours)}; a difference is theirs less ours`,
    "",
    table(["DAY", "MODEL", ...names], [...rows, ["total", null, ...row(total)]]),
  ].join("\n");
}

function figureOf(line: JsonObject, side: "theirs" | "ours" | "difference", figure: string): unknown {
  const figures = line[side];
  return isObject(figures) ? (figures[figure] ?? null) : null;
}
