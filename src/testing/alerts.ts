import type { BandReached } from "../budget/account.ts";
import type { Webhook } from "../budget/alert-delivery.ts";
import { Alerts } from "../budget/alerts.ts";
import { Pins } from "../providers/pins.ts";
import { Sender } from "../providers/send.ts";
import { openStore, type Store } from "../store/open.ts";
import { DEFAULT_ORG_ID } from "../store/orgs-table.ts";
import type { AlertRow } from "../store/tables.ts";
import { type FixedClock, fixedClock } from "./clock.ts";
import { type Timers, timersOf } from "./timers.ts";

export const ALERT_TIME_MS = 1_800_000_000_000;

/** One process that takes bands: store, sender and clock are the real ones, time is the test's. */
export interface AlertScene {
  alerts: Alerts;
  store: Store;
  sender: Sender;
  clock: FixedClock;
  timers: Timers;
  /** Lines as JSON. */
  logs: string[];
  rows(): Promise<AlertRow[]>;
  /** The rows, once there are `count` (1 by default) and this holds for each of them. */
  rowsOnce(state: (row: AlertRow) => boolean, count?: number): Promise<AlertRow[]>;
  /** Ends it as SIGTERM would. */
  stop(): Promise<void>;
}

export interface AlertSceneOptions {
  dataDir: string;
  webhook?: Webhook | null;
  /** CIDRs; loopback by default, where the receivers of tests are. */
  allow?: readonly string[];
  startMs?: number;
  callTimeoutMs?: number;
}

export function alertScene({
  dataDir,
  webhook,
  allow,
  startMs,
  callTimeoutMs,
}: AlertSceneOptions): AlertScene {
  const clock = fixedClock(startMs ?? ALERT_TIME_MS);
  const store = openStore({ dataDir, sync: "normal", clock });
  if ("problem" in store) throw new Error(store.problem);
  const logs: string[] = [];
  const note = (fields: Record<string, unknown>, message: string) =>
    void logs.push(JSON.stringify({ ...fields, message }));
  const timers = timersOf(clock);
  const sender = new Sender(new Pins(clock), { allow: allow ?? ["127.0.0.0/8"] });
  const alerts = new Alerts({
    ...{ store, clock, schedule: timers.schedule, random: () => 0.5, callTimeoutMs },
    log: { info: note, warn: note, error: note },
    post: (...call) => sender.post(...call),
  });
  if (webhook) alerts.useWebhook(webhook);
  const rows = () => store.queries.selectFrom("alerts").selectAll().orderBy("sequence").execute();
  return {
    ...{ alerts, store, sender, clock, timers, logs },
    rows,
    async rowsOnce(state, count = 1) {
      for (;;) {
        const found = await rows();
        if (found.length >= count && found.every(state)) return found;
      }
    },
    async stop() {
      await alerts.close();
      await store.close();
    },
  };
}

/** A band of the default organization's monthly budget of 10 USD. */
export function bandOf(changes: Partial<BandReached> = {}): BandReached {
  return {
    owner: { scope: "org", id: DEFAULT_ORG_ID, orgId: DEFAULT_ORG_ID },
    band: 0.8,
    limitNanoUsd: 10_000_000_000,
    spentNanoUsd: 8_100_000_000,
    period: "monthly",
    periodStartMs: Date.UTC(2027, 0, 1),
    resetsAtMs: Date.UTC(2027, 1, 1),
    ...changes,
  };
}
