import { join } from "node:path";
import type { Budget } from "../budget/budget.ts";
import type { Price } from "../core/deployment.ts";
import { requestRowOf } from "../ledger/request-row.ts";
import { insertRequest } from "../store/requests-table.ts";
import { type BillingPlan, BillingUpstream } from "./billing-upstream.ts";
import { type BudgetProcess, startBudgets } from "./budgets.ts";
import { deployment } from "./catalog.ts";
import { startGateway, type TestGateway, type TestGatewayOptions, testProvider } from "./gateway.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const UNPRICED = { cachedInput: null, cacheWrite: null, reasoning: null, source: "config", asOf: null };
/** Nano-USD per million tokens: 1,000 for a token of prompt, 4,000 for one of output. */
export const RATES: Price = { ...UNPRICED, input: 1_000_000_000, output: 4_000_000_000 };
export const USD = 1_000_000_000;
export const LONG = {
  timeouts: { connectMs: 5_000, firstContentMs: 20_000, idleMs: 20_000, totalMs: 30_000 },
};
/** 21 tokens of prompt at most. */
export const hello = { model: "m", messages: [{ role: "user", content: "Hello" }] };

/** A gateway whose requests are paid by real budgets over a real ledger, before an upstream that bills. */
export interface MoneyScene {
  gateway: TestGateway;
  money: BudgetProcess;
  billing: BillingUpstream;
}

export interface MoneyScenes {
  /** Budgets in USD without a period; the upstream bills 10 and 5 tokens a call unless told otherwise. */
  scene(
    budgets?: { key?: number; org?: number },
    plan?: BillingPlan,
    rest?: Partial<TestGatewayOptions>,
  ): Promise<MoneyScene>;
  /** Ends with the others. */
  ends(end: () => Promise<unknown>): void;
  endAll(): Promise<void>;
}

export function moneyScenes(): MoneyScenes {
  let open: (() => Promise<unknown>)[] = [];
  return {
    async scene(budgets = {}, plan = () => ({ prompt: 10, completion: 5 }), rest = {}) {
      const billing = await BillingUpstream.start(RATES, plan);
      open.push(() => billing.stop());
      const money = startBudgets(join(temporaryDirectory(), "money.db"));
      for (const [scope, limitUsd] of Object.entries(budgets)) {
        const budget: Budget = {
          limitNanoUsd: Math.round(limitUsd * USD),
          period: "none",
          alertThreshold: 0.8,
        };
        const owner = {
          scope: scope === "key" ? "key" : "org",
          id: `${scope}_test`,
          orgId: "org_test",
        } as const;
        money.balances.set([{ owner, budget, timeZone: "UTC" }], Date.now());
      }
      const gateway = startGateway({
        providers: [testProvider("p", billing.baseUrl, LONG)],
        deployments: [deployment("p/m", { price: RATES })],
        funds: money.budgets,
        write: (row) => money.budgets.record(row, insertRequest(requestRowOf(row))),
        ...rest,
      });
      open.push(() => gateway.stop());
      return { gateway, money, billing };
    },
    ends: (end) => void open.push(end),
    async endAll() {
      for (const end of open.reverse()) await end();
      open = [];
    },
  };
}

/** Nano-USD that the ledger's rows cost. */
export const spentIn = ({ db }: BudgetProcess): number =>
  db.query<{ sum: number }, []>("SELECT coalesce(sum(cost_nano_usd), 0) AS sum FROM requests").get()?.sum ??
  -1;
/** Requests that still hold something. */
export const heldIn = ({ holds }: BudgetProcess): number => holds.openCount;
