import { expect, test } from "bun:test";
import { decisionJson } from "../../gateway/decision-record.ts";
import { CALM } from "../../routing/health-reader.ts";
import { plan } from "../../routing/plan.ts";
import { BUDGET_SETTINGS } from "../../testing/budgets.ts";
import { catalogOf, deployment } from "../../testing/catalog.ts";
import { sampleRow } from "../../testing/ledger-row.ts";
import { jsonOf, manageScene, START_MS } from "../../testing/manage.ts";
import { policyOf, routeRequest } from "../../testing/policy.ts";

const ROWS = 20_500;
const MOST_ROWS = 20_000;
/** What one turn may take of the main thread. */
const HELD_MS = 10;
/** Turns in which something was done for the first time, or the engine tidied up. */
const ODD_TURNS = 3;

const models = Array.from({ length: 400 }, (_, at) => deployment(`cloud${at % 8}/model-${at}`));
const catalog = catalogOf(models, { fast: models.slice(0, 40).map(({ model }) => model) });
const scene = await manageScene({ catalog });
const admin = (await scene.keyWith(["admin"])).secret;

async function fill(): Promise<void> {
  const policy = policyOf(catalog);
  const snapshot = {
    ...{ catalog, policy, configRevision: "test", upstreams: new Map() },
    ...{ maxAttempts: 5, budgets: BUDGET_SETTINGS },
  };
  const route = routeRequest({ model: "fast", promptTokens: 4000 });
  const planned = plan(route, { policy, catalog, health: CALM });
  if ("code" in planned) throw new Error(planned.message);
  const decision = decisionJson(planned, null, snapshot, route);
  for (let from = 1; from <= ROWS; from += 500) {
    const rows = Array.from({ length: Math.min(500, ROWS - from + 1) }, (_, at) =>
      sampleRow({ sequence: from + at, timeMs: START_MS - from - at, model: "model-0", decision }),
    );
    await Promise.all(rows.map((row) => scene.ledger.write(row)));
  }
}

/** Of this thread: what else the machine does is not in it. */
function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

test("a dry run over as many rows as it may look at holds nobody up, and says that there are more", async () => {
  await fill();
  const held: number[] = [];
  let [last, isDone] = [workedMs(), false];
  const watch = async () => {
    while (!isDone) {
      await Bun.sleep(0);
      const now = workedMs();
      held.push(now - last);
      last = now;
    }
  };
  const watching = watch();
  const rule = { name: "draft", then: { strategy: "cost" } };
  const found = await jsonOf(scene.call("POST", "/api/v1/rules/dry-run", admin, { rule }));
  isDone = true;
  await watching;
  expect(found).toMatchObject({ requests: MOST_ROWS, cut: true, judged: MOST_ROWS, matched: MOST_ROWS });
  expect(held.filter((ms) => ms >= HELD_MS).length).toBeLessThanOrEqual(ODD_TURNS);
}, 60_000);
