import type { Webhook } from "../budget/alert-delivery.ts";
import { Alerts } from "../budget/alerts.ts";
import type { Clock } from "../core/clock.ts";
import { randomFraction } from "../core/ids.ts";
import type { Log } from "../core/log.ts";
import type { Sender } from "../providers/send.ts";
import type { Store } from "../store/open.ts";

interface Parts {
  store: Store;
  clock: Clock;
  log: Log;
  sender: Sender;
}

/** Alerts over the guarded egress. Begins with what the last process did not deliver. */
export function joinAlerts({ sender, ...parts }: Parts, webhook: Webhook | null): Alerts {
  const alerts = new Alerts({
    ...parts,
    post: (to, headers, body, signal) => sender.post(to, headers, body, signal),
    schedule(callback, delayMs) {
      const timer = setTimeout(callback, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
    random: randomFraction,
  });
  alerts.useWebhook(webhook);
  return alerts;
}
