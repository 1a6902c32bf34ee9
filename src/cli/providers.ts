import { isObject, type JsonObject } from "../core/json.ts";
import { type AddCommand, type Answer, answering, type Context } from "./context.ts";
import { readAll } from "./pages.ts";
import { addProviderChanges } from "./provider-changes.ts";
import { table } from "./table.ts";

/** `nyuro providers [test|add|update|remove]`. */
export const addProviders: AddCommand = (program, context) => {
  const providers = program.command("providers").description("providers with address, models and health");
  answering(providers, context, () => listProviders(context));
  const test = providers
    .command("test")
    .argument("[id]", "one provider (default: all)")
    .description("ask providers for their models, now");
  answering(test, context, (_, id) => testProviders(context, id));
  addProviderChanges(providers, context);
};

async function listProviders({ api }: Context): Promise<Answer> {
  const read = await readAll(api, "/providers", {});
  if ("problem" in read) return read;
  const rows = read.entries.map((it) => [
    ...[it.id, it.source, it.preset, it.base_url ?? "built in", it.local, it.models, statusOf(it)],
    it.problem ?? restsOf(it),
  ]);
  const names = ["ID", "SOURCE", "PRESET", "ADDRESS", "LOCAL", "MODELS", "STATUS", "RESTING OR WRONG"];
  return { json: read.entries, text: table(names, rows) };
}

/** What the operator did goes before what was observed. */
function statusOf({ draining, status }: JsonObject): unknown {
  return draining === true ? "draining" : status;
}

/** `gpt-4o (rate_limited)`, a few of them. */
function restsOf({ deployments }: JsonObject): string | null {
  const all = Array.isArray(deployments) ? deployments.filter(isObject) : [];
  const resting = all.flatMap(({ model, rest }) => (isObject(rest) ? [`${model} (${rest.reason})`] : []));
  if (resting.length === 0) return null;
  return resting.length > 3
    ? `${resting.slice(0, 3).join(", ")}, +${resting.length - 3}`
    : resting.join(", ");
}

async function testProviders({ api, terminal }: Context, id: string | undefined): Promise<Answer> {
  let ids = id === undefined ? [] : [id];
  if (id === undefined) {
    const read = await readAll(api, "/providers", {});
    if ("problem" in read) return read;
    ids = read.entries.map((it) => String(it.id));
  }
  const results: JsonObject[] = [];
  for (const each of ids) {
    const answer = await api.send("POST", `/providers/${encodeURIComponent(each)}/test`);
    if ("problem" in answer) return answer;
    results.push({ id: each, ...answer.body });
  }
  if (results.some(({ ok }) => ok !== true)) terminal.failed();
  const rows = results.map((it) => [
    ...[it.id, it.ok === true ? "ok" : "failed", it.models, it.latency_ms, it.fault, it.http_status],
  ]);
  const names = ["ID", "RESULT", "MODELS", "MS", "FAULT", "HTTP"];
  return { json: id === undefined ? results : results[0], text: table(names, rows) };
}
