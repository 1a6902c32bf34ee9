import { type Clock, toRfc3339 } from "../core/clock.ts";
import type { Fault } from "../core/faults.ts";
import type { Log } from "../core/log.ts";
import {
  giveUpPendingAlerts,
  nextPendingAlert,
  retryPendingAlerts,
  setDelivery,
} from "../store/alerts-table.ts";
import type { Store } from "../store/open.ts";
import type { AlertRow } from "../store/tables.ts";
import { alertOf } from "./alert.ts";
import { LONGEST_DELAY_MS, stateAfter } from "./delivery-state.ts";
import { signedHeaders } from "./webhook-signature.ts";

/** Where alerts are posted, as configured. */
export interface Webhook {
  url: string;
  /** Key of the signature. */
  secret: string;
}

/** POSTs through the guarded egress; gives the status, or why there is none. */
export type Post = (
  to: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
) => Promise<number | Fault>;

export interface DeliveryOptions {
  store: Pick<Store, "writes" | "queries">;
  clock: Clock;
  log: Log;
  post: Post;
  /** Calls back after that many milliseconds; what it returns takes that back. */
  schedule(callback: () => void, delayMs: number): () => void;
  /** From 0 to below 1. */
  random(): number;
  /** Of one call, until its status is there; 10 seconds by default. */
  callTimeoutMs?: number;
}

const CALL_TIMEOUT_MS = 10_000;
const STORE_RETRY_MS = 60_000;
/** What a receiver answers that wants no more. https://www.standardwebhooks.com */
const GONE = 410;

/**
 * Posts alerts to the webhook, one at a time. The queue is the table, so that neither a restart nor a receiver that is
 * away for hours loses one or fills the memory: each is delivered at least once, always under the same id, or given up
 * after a day.
 */
export class AlertDelivery {
  private readonly options: DeliveryOptions;
  private webhook: Webhook | null = null;
  private work: Promise<void> = Promise.resolve();
  private isWorking = false;
  private isWoken = false;
  private cancelTimer: () => void = () => {};
  /** Of the call under way, or the last one. */
  private calling = new AbortController();
  private isClosed = false;

  constructor(options: DeliveryOptions) {
    this.options = options;
  }

  /** Whether new alerts are to be delivered. */
  get isOn(): boolean {
    return this.webhook !== null;
  }

  /**
   * Delivers to this webhook from now on, beginning with what is pending, whenever its turn was. Null = to none; what is
   * pending waits for the next one.
   */
  use(webhook: Webhook | null): void {
    const isSame = webhook?.url === this.webhook?.url && webhook?.secret === this.webhook?.secret;
    this.webhook = webhook;
    if (!isSame) this.calling.abort();
    if (webhook === null) return;
    const { store, clock } = this.options;
    // Failing costs nothing but patience: each has its own next try.
    store.writes.run(retryPendingAlerts(store.queries, clock.now())).then(this.wake, this.wake);
  }

  /** There may be something to deliver. */
  readonly wake = (): void => {
    if (this.isClosed || this.webhook === null) return;
    this.isWoken = true;
    if (!this.isWorking) this.work = this.workOff();
  };

  /** Gives up a call under way; its alert stays pending. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.cancelTimer();
    this.calling.abort();
    await this.work;
  }

  private async workOff(): Promise<void> {
    this.isWorking = true;
    try {
      while (this.isWoken) {
        this.isWoken = false;
        while (await this.next());
      }
    } catch (error) {
      if (this.isClosed) return;
      this.options.log.error({ error: String(error) }, "budget alerts wait to be delivered");
      this.sleep(STORE_RETRY_MS);
    } finally {
      this.isWorking = false;
    }
  }

  /** Delivers the next one that is due. False = there is none now. */
  private async next(): Promise<boolean> {
    const { store, clock } = this.options;
    const [row] = await nextPendingAlert(store.queries).execute();
    if (!row || !this.webhook || this.isClosed) return false;
    const waitMs = (row.next_try_ms ?? 0) - clock.now();
    // Further ahead than any delay, it was set under a clock that has been put back since.
    if (waitMs > 0 && waitMs <= LONGEST_DELAY_MS) {
      this.sleep(waitMs);
      return false;
    }
    await this.deliver(row, this.webhook);
    return true;
  }

  private sleep(delayMs: number): void {
    this.cancelTimer();
    this.cancelTimer = this.options.schedule(this.wake, delayMs);
  }

  private async deliver(row: AlertRow, webhook: Webhook): Promise<void> {
    this.calling = new AbortController();
    const { signal } = this.calling;
    const answer = await this.call(row, webhook, signal);
    if (typeof answer !== "number" && signal.aborted) return;
    if (answer === GONE && webhook === this.webhook) return this.stop(row);
    const { store, clock, log } = this.options;
    const isDelivered = typeof answer === "number" && answer >= 200 && answer < 300;
    const state = stateAfter(row, isDelivered, clock.now(), this.options.random());
    await store.writes.run(setDelivery(store.queries, row.sequence, state));
    if (isDelivered) return;
    const told = { alertId: row.id, attempts: state.attempts, why: whyOf(answer) };
    if (state.next_try_ms === null) log.error(told, "budget alert not delivered: given up");
    else if (state.attempts === 1)
      log.warn({ ...told, nextTry: toRfc3339(state.next_try_ms) }, "budget alert not delivered yet");
  }

  private call(row: AlertRow, webhook: Webhook, signal: AbortSignal): Promise<number | Fault> {
    const { clock, post, callTimeoutMs = CALL_TIMEOUT_MS } = this.options;
    const body = JSON.stringify({ type: "budget.alert", ...alertOf(row) });
    const headers = {
      "content-type": "application/json",
      ...signedHeaders(webhook.secret, row.id, Math.floor(clock.now() / 1000), body),
    };
    return post(webhook.url, headers, body, AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs)]));
  }

  private async stop(row: AlertRow): Promise<void> {
    const { store, log } = this.options;
    this.webhook = null;
    await store.writes.run(giveUpPendingAlerts(store.queries));
    log.error(
      { alertId: row.id, why: whyOf(GONE) },
      "the webhook wants no more alerts: none is sent until the configuration changes or the next start",
    );
  }
}

function whyOf(answer: number | Fault): string {
  return typeof answer === "number" ? `HTTP ${answer}` : answer.cause;
}
