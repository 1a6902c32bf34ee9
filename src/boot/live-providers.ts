import { basename } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import type { Pepper } from "../keys/pepper.ts";
import { AddedProviders } from "../providers/added/added-providers.ts";
import type { LiveProviders } from "../providers/added/live.ts";
import type { Store } from "../store/open.ts";
import type { Snapshots } from "./snapshots.ts";

/** Whoever adds a provider may use its models at once, if it is quick to tell them. */
const LONGEST_WAIT_FOR_MODELS_MS = 500;

/** What the key for the secrets of providers is derived for; another word would be another key. */
const SEALED_PROVIDERS = "provider secrets";

/** Reads the providers that were added by API and lets them serve, with the configuration that is applied next. */
export async function joinAdded(
  store: Store,
  clock: Clock,
  pepper: Pepper,
  snapshots: Snapshots,
  configPath: string | null,
): Promise<AddedProviders> {
  const live = liveProviders(snapshots, configPath);
  const added = await AddedProviders.load({ store, clock, key: pepper.keyFor(SEALED_PROVIDERS), live });
  snapshots.useAdded(added.list());
  return added;
}

/** What is served, for those who add to it. `configPath` null = there is no file. */
export function liveProviders(snapshots: Snapshots, configPath: string | null): LiveProviders {
  return {
    fileOf(id) {
      const isOfFile = snapshots.configuration().providers.some((it) => it.id === id);
      return isOfFile ? basename(configPath ?? "the configuration") : null;
    },
    addressPolicy: () => snapshots.configuration().egress,
    problemsOf: (added) => snapshots.problemsOfAdded(added),
    async use(added, changedId) {
      snapshots.useAdded(added);
      await Promise.race([snapshots.asked(changedId), Bun.sleep(LONGEST_WAIT_FOR_MODELS_MS)]);
    },
  };
}

/** Tells of providers that were added by API and do not serve. */
export function warnOfAdded(snapshots: Snapshots, log: Log): void {
  const { providers } = snapshots.configuration();
  for (const { id, problem } of snapshots.addedProviders()) {
    if (providers.some((it) => it.id === id))
      log.warn(
        { provider: id },
        "the configuration file has a provider of this id: the one added by API is not used",
      );
    else if (problem !== null) log.error({ provider: id, problem }, "a provider added by API cannot be used");
  }
}
