import type { Alerts } from "../budget/alerts.ts";
import type { Config } from "../config/config.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Origins } from "../config/origins.ts";
import { type ConfigProblem, isConfigProblem } from "../config/problem.ts";
import { watchConfig } from "../config/watch.ts";
import type { Log } from "../core/log.ts";
import type { Sender } from "../providers/send.ts";
import { warnOfDeprecated } from "./deprecations.ts";
import { warnOfAdded } from "./live-providers.ts";
import type { Snapshots } from "./snapshots.ts";

interface Reloaded {
  snapshots: Snapshots;
  sender: Sender;
  alerts: Alerts;
  log: Log;
}

const KEPT = "config not reloaded: the old one stays";

/**
 * Applies the config again on SIGHUP and when its file changes, all or nothing. Where it listens and where its data
 * lies is decided at the start only.
 */
export function reloadOn(
  started: LoadedConfig,
  load: () => LoadedConfig | ConfigProblem,
  { snapshots, sender, alerts, log }: Reloaded,
): { current(): Config; origins(): Origins; close(): void } {
  let config = started.config;
  let { revision, origins } = started;
  const reload = () => {
    const loaded = load();
    if (isConfigProblem(loaded)) return log.error({ problems: loaded.problems }, KEPT);
    if (loaded.revision === revision) {
      // A comment may have moved the lines.
      origins = loaded.origins;
      return;
    }
    const applied = snapshots.apply(loaded.config, loaded.revision);
    if ("problems" in applied) return log.error({ problems: applied.problems }, KEPT);
    sender.usePolicy(loaded.config.egress);
    alerts.useWebhook(loaded.config.alerts.webhook);
    config = loaded.config;
    revision = loaded.revision;
    origins = loaded.origins;
    log.info({ revision }, "config reloaded");
    warnOfDeprecated(config, snapshots.current().catalog, log);
    warnOfAdded(snapshots, log);
  };
  const watching = started.path === null ? onSignal(reload) : watchConfig({ path: started.path, reload });
  return { current: () => config, origins: () => origins, close: () => watching.close() };
}

function onSignal(reload: () => void): { close(): void } {
  process.on("SIGHUP", reload);
  return { close: () => void process.off("SIGHUP", reload) };
}
