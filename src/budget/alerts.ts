import { randomId } from "../core/ids.ts";
import { formatUsd } from "../core/money.ts";
import { insertAlerts, type NewAlert } from "../store/alerts-table.ts";
import { StoreUnavailable } from "../store/group-commit.ts";
import type { AlertRow } from "../store/tables.ts";
import type { BandReached } from "./account.ts";
import { alertOf } from "./alert.ts";
import { AlertDelivery, type DeliveryOptions, type Webhook } from "./alert-delivery.ts";

interface Due {
  band: BandReached;
  timeMs: number;
}

/** A start tells all that lies behind at once, and its requests must not wait for all of it to be written. */
const MOST_AT_ONCE = 200;
/** Each budget tells a dozen at most per period. Beyond it something is wrong, and the next start tells them again. */
const MOST_WAITING = 100_000;
const STORE_RETRY_MS = 1_000;

/**
 * Takes the bands that budgets reach and makes each an alert, once: a row for the API, a line in the log, and a call of
 * the webhook if there is one. Whoever tells of a band waits for none of it.
 */
export class Alerts {
  private readonly options: DeliveryOptions;
  private readonly delivery: AlertDelivery;
  private waiting: Due[] = [];
  private writing: Promise<void> = Promise.resolve();
  private isWriting = false;
  private cancelRetry: () => void = () => {};

  constructor(options: DeliveryOptions) {
    this.options = options;
    this.delivery = new AlertDelivery(options);
  }

  /** A band was reached, or is told of again after a restart. Cheap, never throws. */
  readonly onBand = (band: BandReached): void => {
    const { clock, log } = this.options;
    if (this.waiting.length === MOST_WAITING) return;
    if (this.waiting.push({ band, timeMs: clock.now() }) === MOST_WAITING)
      log.error({ waiting: MOST_WAITING }, "too many budget alerts at once: more are left out");
    this.write();
  };

  /** As the configuration has it: at the start, which also delivers what the last process left, and at each reload. */
  useWebhook(webhook: Webhook | null): void {
    this.delivery.use(webhook);
  }

  /** Writes what waits. What was not delivered is by the next process. */
  async close(): Promise<void> {
    await this.delivery.close();
    await this.writing;
    this.write();
    await this.writing;
    this.cancelRetry();
  }

  private readonly write = (): void => {
    if (!this.isWriting) this.writing = this.writeAll();
  };

  private async writeAll(): Promise<void> {
    const { log, schedule } = this.options;
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const due = this.waiting.slice(0, MOST_AT_ONCE);
      const inserted = await this.insert(due);
      if (inserted instanceof StoreUnavailable) {
        this.cancelRetry();
        this.cancelRetry = schedule(this.write, STORE_RETRY_MS);
        break;
      }
      this.waiting = this.waiting.slice(due.length);
      for (const row of inserted) log.warn(lineOf(row), "budget alert");
      if (inserted.length > 0) this.delivery.wake();
    }
    this.isWriting = false;
  }

  /** The rows that were not there before. */
  private async insert(due: readonly Due[]): Promise<readonly AlertRow[] | StoreUnavailable> {
    const { store, log } = this.options;
    let inserted: readonly AlertRow[] = [];
    const note = (rows: readonly AlertRow[]) => {
      inserted = rows;
    };
    try {
      await store.writes.run(insertAlerts(due.map(this.rowOf), note));
      return inserted;
    } catch (error) {
      if (error instanceof StoreUnavailable) return error;
      log.error({ alerts: due.length, error: String(error) }, "budget alerts could not be written");
      return [];
    }
  }

  private readonly rowOf = ({ band: reached, timeMs }: Due): NewAlert => {
    const { owner, band, limitNanoUsd, spentNanoUsd, period, periodStartMs } = reached;
    const { isOn } = this.delivery;
    return {
      id: randomId("alert"),
      time_ms: timeMs,
      org_id: owner.orgId,
      scope: owner.scope,
      owner_id: owner.id,
      band: String(band),
      limit_nano_usd: limitNanoUsd,
      spent_nano_usd: spentNanoUsd,
      period,
      period_start_ms: periodStartMs,
      delivery: isOn ? "pending" : "none",
      next_try_ms: isOn ? timeMs : null,
    };
  };
}

function lineOf(row: AlertRow): Record<string, unknown> {
  const { id, scope, key_prefix: keyPrefix, key_id: keyId, band, period } = alertOf(row);
  return {
    alertId: id,
    scope,
    orgId: row.org_id,
    ...(keyId === undefined ? {} : { keyId, keyPrefix }),
    band,
    limitUsd: formatUsd(row.limit_nano_usd),
    spentUsd: formatUsd(row.spent_nano_usd),
    period,
  };
}
