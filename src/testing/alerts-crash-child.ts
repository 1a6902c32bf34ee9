/** Run by budget/alert-crash.test.ts: reaches a band, says on standard output what it logs, and goes on until it is killed. */
import { Alerts } from "../budget/alerts.ts";
import { systemClock } from "../core/clock.ts";
import { Pins } from "../providers/pins.ts";
import { Sender } from "../providers/send.ts";
import { openStore } from "../store/open.ts";
import { bandOf } from "./alerts.ts";

const [, , dataDir = "", url = ""] = process.argv;
const store = openStore({ dataDir, sync: "normal", clock: systemClock });
if ("problem" in store) throw new Error(store.problem);
const sender = new Sender(new Pins(systemClock), { allow: ["127.0.0.0/8"] });
const note = (fields: Record<string, unknown>) => void process.stdout.write(`${JSON.stringify(fields)}\n`);
const alerts = new Alerts({
  ...{ store, clock: systemClock, random: () => 0 },
  log: { info: note, warn: note, error: note },
  post: (...call) => sender.post(...call),
  schedule(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
});
alerts.useWebhook({ url, secret: "secret" });
alerts.onBand(bandOf());
setInterval(() => {}, 60_000);
