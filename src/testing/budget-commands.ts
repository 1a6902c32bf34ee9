import { expect } from "bun:test";
import fc from "fast-check";
import type { BudgetRefusal } from "../budget/account.ts";
import type { Need } from "../budget/balances.ts";
import type { Budget, BudgetOwner } from "../budget/budget.ts";
import type { Holding } from "../budget/budgets.ts";
import { PERIOD_KINDS } from "../budget/period.ts";
import { StoreUnavailable } from "../store/group-commit.ts";
import { type BudgetModel, type ModelRequest, type ModelRow, reservedBy } from "./budget-model.ts";
import { type BudgetProcess, holdingOf, rowOf, startBudgets } from "./budgets.ts";

/** The real thing beside the model: a process that can be killed, over one file. */
export interface World {
  file: string;
  process: BudgetProcess;
  /** Alerts of this process since a limit was changed last: none may come twice. */
  told: Set<string>;
}

type Command = fc.AsyncCommand<BudgetModel, World>;

/** A command from a name, what it was generated with, and what it does to both. */
function command<T>(
  name: string,
  values: fc.Arbitrary<T>,
  run: (model: BudgetModel, world: World, value: T) => Promise<void>,
): fc.Arbitrary<Command> {
  return values.map((value) => ({
    check: () => true,
    run: async (model, world) => {
      await run(model, world, value);
      expectNewBands(world);
    },
    toString: () => `${name}(${JSON.stringify(value)})`,
  }));
}

export const KEYS = ["key_1", "key_2", "key_3"] as const;
const ORG_OF = { key_1: "org_a", key_2: "org_a", key_3: "org_b" } as const;
const OWNERS: readonly BudgetOwner[] = [
  { scope: "key", id: "key_1", orgId: "org_a" },
  { scope: "key", id: "key_3", orgId: "org_b" },
  { scope: "org", id: "org_a", orgId: "org_a" },
  { scope: "org", id: "org_b", orgId: "org_b" },
];
const ZONES = ["UTC", "Europe/Vienna", "Australia/Lord_Howe", "America/New_York"];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEPS_MS = [1000, HOUR_MS / 2, HOUR_MS, DAY_MS, 7 * DAY_MS, 31 * DAY_MS];

const amounts = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constantFrom(0, null));
const which = fc.nat({ max: 1000 });

/** Every figure that budgets tell is the one that the model adds up. */
function agree(model: BudgetModel, { process }: World): void {
  for (const budget of model.budgets.values()) {
    const { owner, limitNanoUsd } = budget;
    expect(process.balances.figures(owner, model.nowMs)).toMatchObject({
      ...{ owner, limitNanoUsd, period: budget.period },
      spentNanoUsd: model.spent(budget, model.nowMs),
      reservedNanoUsd: model.reserved(budget, model.nowMs),
    });
  }
}

/** No alert comes twice. */
function expectNewBands({ process, told }: World): void {
  for (const { owner, band, periodStartMs, limitNanoUsd } of process.bands.splice(0)) {
    const name = JSON.stringify([owner, band, periodStartMs, limitNanoUsd]);
    expect(told).not.toContain(name);
    told.add(name);
  }
}

/** A refusal, or null = it waits to be written; `unavailable` = the store was not even asked. */
function decisionOf(
  { budgets }: BudgetProcess,
  holding: Holding,
  need: Need,
): BudgetRefusal | "unavailable" | null {
  try {
    const held = budgets.hold(holding, need);
    if (!(held instanceof Promise)) return held;
    held.catch(() => {});
    return null;
  } catch (error) {
    if (error instanceof StoreUnavailable) return "unavailable";
    throw error;
  }
}

/** Asks both for a hold, and compares: no promise is broken, and nobody is refused who had money left. */
function holdFor(model: BudgetModel, { process }: World, request: ModelRequest, need: Need): void {
  const refusing = model.refuses(request, need);
  const { sequence, timeMs, orgId, keyId } = request;
  const refusal = decisionOf(process, holdingOf({ sequence, timeMs, orgId, keyId }), need);
  expect(refusal === "unavailable").toBe(model.isBehind);
  if (refusal === "unavailable") return;
  expect(refusal?.owner ?? null).toEqual(refusing?.owner ?? null);
  if (refusal) {
    process.budgets.refused(refusal);
    return;
  }
  request.billed = need.billedNanoUsd;
  request.asked =
    need.amountNanoUsd === null ? need.billedNanoUsd || null : need.amountNanoUsd + need.billedNanoUsd;
  model.requests.set(sequence, request);
  if (!need.amountNanoUsd) return;
  // Once the hold is durable, which is before anything goes upstream: a larger one before it is then gone.
  const freed = reservedBy(request) - (request.asked ?? 0);
  for (const name of [`key ${keyId}`, `org ${orgId}`]) {
    const budget = model.budgets.get(name);
    const figures = budget && process.balances.figures(budget.owner, timeMs);
    if (!figures) continue;
    const { spentNanoUsd, reservedNanoUsd, limitNanoUsd } = figures;
    expect(spentNanoUsd + reservedNanoUsd - freed).toBeLessThanOrEqual(limitNanoUsd);
  }
}

const admit = command(
  "admit",
  fc.tuple(fc.constantFrom(...KEYS), amounts),
  async (model, world, [keyId, amount]) => {
    model.lastSequence += 1;
    const request: ModelRequest = {
      ...{ sequence: model.lastSequence, orgId: ORG_OF[keyId], keyId, timeMs: model.nowMs },
      ...{ kept: undefined, asked: undefined, billed: 0, row: null, isUnwritten: false },
    };
    holdFor(model, world, request, { amountNanoUsd: amount, billedNanoUsd: 0 });
  },
);

const nextAttempt = command(
  "nextAttempt",
  fc.tuple(which, amounts, fc.integer({ min: 0, max: 20 })),
  async (model, world, [index, amount, bill]) => {
    const idle = model.idle();
    const request = idle[index % idle.length];
    if (!request) return;
    // A failed attempt is billed out of what was held for it.
    const billed = Math.min(request.billed + bill, Math.max(request.billed, request.kept ?? 0));
    holdFor(model, world, request, { amountNanoUsd: amount, billedNanoUsd: billed });
  },
);

/** `share`: of what was held, in tenths; more than ten = the upstream ignored its limit and the answer was let through. */
const end = command(
  "end",
  fc.tuple(which, fc.integer({ min: 0, max: 12 })),
  async (model, { process }, [index, share]) => {
    const open = [...model.requests.values()].filter(({ row }) => row === null);
    const request = open[index % open.length];
    if (!request) return;
    const { sequence, timeMs, orgId, keyId, kept } = request;
    // Before its hold was durable nothing went upstream.
    const costNanoUsd =
      kept === null ? null : Math.max(request.billed, Math.ceil(((kept ?? 0) * share) / 10));
    const isCalled = kept !== undefined;
    const row: ModelRow = { orgId, keyId, timeMs, status: "ok", costNanoUsd: isCalled ? costNanoUsd : 0 };
    request.row = row;
    const charge = { sequence, timeMs, orgId, keyId, costNanoUsd: row.costNanoUsd };
    process.budgets.record(charge, rowOf(charge)).catch(() => {});
  },
);

/** Only now and then: looking at a balance opens it, and much happens to those that nobody looked at yet. */
const look = command("look", fc.constant(null), async (model, world) => agree(model, world));

const immediate = () => new Promise((resolve) => setImmediate(resolve));

const tick = command("tick", fc.constant(null), async (model) => {
  await immediate();
  model.tick();
});

const breakStore = command("breakStore", fc.boolean(), async (model, { process }, isBroken) => {
  process.setBroken(isBroken);
  model.isBroken = isBroken;
});

const writeUnwritten = command("writeUnwritten", fc.constant(null), async (model, { process }) => {
  await process.budgets.writeUnwritten();
  await immediate();
  model.tick();
  model.writeUnwritten();
});

const crash = command("crash", fc.constant(null), async (model, world) => {
  world.process.crash();
  model.crash();
  world.process = startBudgets(world.file);
  world.told.clear();
  const changes = [...model.budgets.values()].map(({ owner, timeZone, ...budget }) => ({
    owner,
    timeZone,
    budget,
  }));
  world.process.balances.set(changes, model.nowMs);
  // What the dead process had queued must come to nothing.
  await immediate();
  compareRows(model, world);
});

const budgets: fc.Arbitrary<Budget | null> = fc.option(
  fc.record({
    limitNanoUsd: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constant(0)),
    period: fc.constantFrom(...PERIOD_KINDS),
    alertThreshold: fc.constantFrom(0.5, 0.8, 1),
  }),
  { freq: 8 },
);

const setBudget = command(
  "setBudget",
  fc.tuple(fc.constantFrom(...OWNERS), budgets, fc.constantFrom(...ZONES)),
  async (model, world, [owner, budget, timeZone]) => {
    world.told.clear();
    world.process.balances.set([{ owner, budget, timeZone }], model.nowMs);
    model.set(owner, budget, timeZone);
  },
);

const turnClock = command(
  "turnClock",
  fc.constantFrom(...STEPS_MS, ...STEPS_MS, ...STEPS_MS.map((ms) => -ms)),
  async (model, _, ms) => {
    model.nowMs += ms;
  },
);

/** The ledger holds the rows of the model and no others, and the balances held nothing back. */
export function compareRows(model: BudgetModel, { process }: World): void {
  const rows = process.db
    .query<{ sequence: number; status: string; cost: number | null }, []>(
      "SELECT sequence, status, cost_nano_usd AS cost FROM requests ORDER BY sequence",
    )
    .all();
  const expected = [...model.rows].sort(([a], [b]) => a - b);
  expect(rows.map(({ sequence, status, cost }) => [sequence, status, cost])).toEqual(
    expected.map(([sequence, { status, costNanoUsd }]) => [sequence, status, costNanoUsd]),
  );
}

/** Lets everything under way come to its end. */
export async function drain(model: BudgetModel, world: World): Promise<void> {
  world.process.setBroken(false);
  model.isBroken = false;
  await immediate();
  model.tick();
  for (const request of model.idle()) {
    const { sequence, timeMs, orgId, keyId } = request;
    const costNanoUsd = reservedBy(request);
    request.row = { orgId, keyId, timeMs, status: "ok", costNanoUsd };
    const charge = { sequence, timeMs, orgId, keyId, costNanoUsd };
    world.process.budgets.record(charge, rowOf(charge)).catch(() => {});
  }
  await immediate();
  model.tick();
  await world.process.budgets.writeUnwritten();
  model.writeUnwritten();
  agree(model, world);
}

/** Any interleaving of these. Those that come twice are twice as likely. */
export const COMMANDS: fc.Arbitrary<Command>[] = [
  ...[admit, admit, admit, admit, nextAttempt, nextAttempt, end, end, end, tick, tick, tick, tick, look],
  ...[breakStore, writeUnwritten, crash, setBudget, setBudget, turnClock, turnClock],
];
