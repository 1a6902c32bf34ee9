import { afterEach, expect, test } from "bun:test";
import fc from "fast-check";
import type { Price } from "../core/deployment.ts";
import { requestIdOf } from "../core/ids.ts";
import type { LedgerRow } from "../ledger/row.ts";
import { deployment } from "../testing/catalog.ts";
import { testProvider } from "../testing/gateway.ts";
import { heldIn, LONG, type MoneyScene, moneyScenes, spentIn, USD } from "../testing/money-scene.ts";
import { amountTo, play, type RandomRequest, randomPrice, randomRequest } from "../testing/random-money.ts";
import { ScriptedUpstream } from "../testing/scripted-upstream.ts";

const { scene, ends, endAll } = moneyScenes();
afterEach(endAll);

interface World {
  requests: RandomRequest[];
  prices: { a: Price; b: Price };
  limits: { key: number | null; org: number | null };
  onLimit: "cut" | "finish";
}

const limit = fc.option(amountTo(30_000_000), { freq: 3 });
const world: fc.Arbitrary<World> = fc.record({
  requests: fc.array(fc.noBias(randomRequest), { minLength: 8, maxLength: 24 }),
  prices: fc.record({ a: randomPrice, b: randomPrice }),
  limits: fc.record({ key: limit, org: limit }),
  onLimit: fc.constantFrom("cut", "finish"),
});

/** How many clients there are; each asks for the next thing once it was answered. */
const AT_ONCE = 5;

/** Everything that is asked for; what its upstream billed for each request, and the id that each was given. */
async function lived({ requests, prices, limits, onLimit }: World) {
  const billed = requests.map(() => 0);
  const leaving = requests.map(() => new AbortController());
  let most = { key: 0, org: 0 };
  const upstream = await ScriptedUpstream.start();
  ends(() => upstream.stop());
  const budgets = Object.fromEntries(
    Object.entries(limits).flatMap(([scope, nano]) => (nano === null ? [] : [[scope, nano / USD]])),
  );
  const deployments = requests.flatMap((_, at) =>
    (["a", "b"] as const).map((name) => deployment(`p/${name}${at}`, { price: prices[name] })),
  );
  const built = await scene(budgets, undefined, {
    providers: [testProvider("p", upstream.baseUrl, LONG)],
    deployments,
    budgets: { defaultOutputTokens: 20, onLimit, unknownPrice: "skip" },
  });
  upstream.on("*", async (request, answer) => {
    most = { key: Math.max(most.key, taken(built, "key")), org: Math.max(most.org, taken(built, "org")) };
    const model = String(request.body.model);
    const at = Number(model.slice(1));
    const asked = requests[at];
    if (!asked) return answer.json(404, {});
    if (asked.delayMs > 0) await Bun.sleep(asked.delayMs);
    billed[at] =
      (billed[at] ?? 0) + play(asked, request, answer, model.startsWith("a") ? prices.a : prices.b);
    if (!asked.stream && asked.fates[model.charAt(0)] === "hangs") leaving[at]?.abort();
  });
  const ids: (string | null)[] = [];
  let next = 0;
  const client = async () => {
    while (next < requests.length) {
      const at = next++;
      const asked = requests[at];
      if (asked) ids[at] = await ask(built, asked, at, leaving[at]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  const rows = await built.gateway.rowsWritten(requests.length);
  return { ...built, rows, billed, ids, most };
}

/** Resolves to the request's id once its answer was read, or once the client has left what hangs; null = no answer came. */
async function ask(
  { gateway }: MoneyScene,
  { prompt, n, maxTokens, stream, models }: RandomRequest,
  at: number,
  leave = new AbortController(),
): Promise<string | null> {
  const body = {
    models: models.map((name) => `${name}${at}`),
    messages: [{ role: "user", content: prompt }],
    ...(n > 1 ? { n } : {}),
    ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
    stream,
  };
  try {
    const reply = await gateway.chat(body, { signal: leave.signal });
    let text = "";
    try {
      for await (const piece of reply.body ?? []) {
        text += Buffer.from(piece).toString();
        if (text.includes('"words "') && !text.includes("stop")) setImmediate(() => leave.abort());
      }
    } catch {}
    return reply.headers.get("x-request-id");
  } catch {
    return null;
  }
}

function taken({ money }: MoneyScene, scope: "key" | "org"): number {
  const now = money.balances.figures({ scope, id: `${scope}_test` }, Date.now());
  return (now?.spentNanoUsd ?? 0) + (now?.reservedNanoUsd ?? 0);
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
const costOf = (row: LedgerRow) => row.costNanoUsd ?? Number.NaN;

test("whatever is asked, answered, failed and left, nothing is spent past a limit, lost or invented", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(world, async (it) => {
      const { money, rows, billed, ids, most } = await lived(it);
      for (const { status, httpStatus, usageSource } of rows)
        seen.add(`${status} ${httpStatus} ${usageSource}`);
      expect(rows).toHaveLength(it.requests.length);
      const spent = spentIn(money);
      expect(sum(rows.map(costOf))).toBe(spent);
      for (const [at, id] of ids.entries()) {
        const row = rows.find(({ sequence }) => requestIdOf(sequence) === id);
        const toTheNano = billed[at] ?? 0;
        // What was left before its usage came is guessed on top of what was told.
        if (row?.status === "canceled") expect(costOf(row)).toBeGreaterThanOrEqual(toTheNano);
        else if (row) expect(costOf(row)).toBe(toTheNano);
      }
      for (const scope of ["key", "org"] as const) {
        const limitNanoUsd = it.limits[scope];
        const now = money.balances.figures({ scope, id: `${scope}_test` }, Date.now());
        if (limitNanoUsd === null) continue;
        expect(now).toMatchObject({ spentNanoUsd: spent, reservedNanoUsd: 0 });
        expect(spent).toBeLessThanOrEqual(limitNanoUsd);
        expect(sum(billed)).toBeLessThanOrEqual(limitNanoUsd);
        expect(most[scope]).toBeLessThanOrEqual(limitNanoUsd);
      }
      expect([heldIn(money), money.budgets.unwrittenCount]).toEqual([0, 0]);
      await endAll();
    }),
    { numRuns: 60, seed: 20_261_122, endOnFailure: true },
  );
  // The property says nothing where nothing happens.
  for (const ending of ["ok 200 provider", "refused 402 none", "canceled 499 counted", "canceled 499 none"])
    expect(seen).toContain(ending);
}, 60_000);
