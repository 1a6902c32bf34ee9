import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Snapshots } from "../src/boot/snapshots.ts";
import { KNOWN } from "../src/boot/start.ts";
import { readEnvironment } from "../src/config/env.ts";
import { loadConfig } from "../src/config/load.ts";
import { isConfigProblem } from "../src/config/problem.ts";
import { systemClock } from "../src/core/clock.ts";
import { parseChat } from "../src/gateway/parse.ts";
import { routeReason } from "../src/gateway/reason.ts";
import { Pins } from "../src/providers/pins.ts";
import { Sender } from "../src/providers/send.ts";
import { EXCLUSIONS } from "../src/routing/exclusion.ts";
import { explain } from "../src/routing/explain.ts";
import { Health } from "../src/routing/health.ts";
import { plan } from "../src/routing/plan.ts";
import { temporaryDirectory } from "../src/testing/temporary-directory.ts";
import { root } from "./sources.ts";

const page = readFileSync(join(root, "docs/routing.md"), "utf8");
const [before = "", scenarios = ""] = page.split("\n## Scenarios\n");

test("docs/routing.md lists every reason for an exclusion as the code has it, and no other", () => {
  const section = before.split("\n## Filter\n")[1]?.split("\n## ")[0] ?? "";
  const written = [...section.matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(([, reason, meaning]) => [
    reason,
    meaning,
  ]);
  expect(written).toEqual(Object.entries(EXCLUSIONS));
});

function snapshot() {
  const folder = temporaryDirectory();
  const path = join(folder, "nyuro.yaml");
  writeFileSync(path, /```yaml\n([\s\S]*?)```/.exec(scenarios)?.[1] ?? "");
  const environment = readEnvironment({});
  if (isConfigProblem(environment)) throw new Error(environment.problems.join());
  const loaded = loadConfig({ environment, cwd: folder, path, known: KNOWN });
  if (isConfigProblem(loaded)) throw new Error(loaded.problems.join("\n"));
  const sender = new Sender(new Pins(systemClock), { allow: [] });
  const snapshots = new Snapshots({ environment, clock: systemClock, sender });
  const applied = snapshots.apply(loaded.config, loaded.revision);
  snapshots.stop();
  if ("problems" in applied) throw new Error(applied.problems.join("\n"));
  return snapshots.current();
}

const CALLER = {
  keyId: "key",
  orgId: "org",
  scopes: [],
  allowedModels: null,
  allowedProviders: null,
  rateLimits: null,
};
const { catalog, policy } = snapshot();
const health = new Health(systemClock);

function decisionOn(body: string): object {
  const parsed = parseChat(body, CALLER, catalog);
  if ("code" in parsed) throw new Error(parsed.message);
  const made = plan(parsed.route, { policy, catalog, health });
  if ("code" in made) return { status: made.status, code: made.code, message: made.message };
  const { candidates, excluded } = explain(made, parsed.route, health);
  return {
    reason: routeReason(made, null, true),
    form: made.form,
    rule: made.rule?.name ?? null,
    candidates: candidates.map(({ provider, model }) => `${provider}/${model}`),
    excluded: excluded.map(({ provider, model, reason }) => `${provider}/${model} ${reason}`),
  };
}

const blocks = [...scenarios.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = ""]) => json);
const pairs = blocks.flatMap((request, index) =>
  index % 2 === 0 ? [[request, JSON.parse(blocks[index + 1] ?? "")] as const] : [],
);

test("there are at least ten scenarios", () => {
  expect(scenarios.match(/^### /gm)?.length).toBeGreaterThanOrEqual(10);
  expect(pairs.length).toBeGreaterThanOrEqual(10);
});

test.each(
  pairs.map(([request, expected], index) => [index + 1, request, expected] as const),
)("docs/routing.md says what becomes of request %i", (_, request, expected) => {
  expect(decisionOn(request)).toEqual(expected);
});
