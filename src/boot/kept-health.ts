import { parseJson } from "../core/json.ts";
import type { Log } from "../core/log.ts";
import type { Health } from "../routing/health.ts";
import { getMeta, setMeta } from "../store/meta-table.ts";
import type { Store } from "../store/open.ts";

const META = "health";
const SAVE_EVERY_MS = 10_000;

/**
 * Restores health from the store and saves it every ten seconds and at the end, so that a restart forgets neither a
 * provider's `retry-after` nor who is quick. What is lost is only convenience, so failing to save stops nothing.
 */
export async function keepHealth(
  health: Health,
  store: Store,
  log: Log,
  everyMs: number = SAVE_EVERY_MS,
): Promise<{ stop(): Promise<void> }> {
  health.restore(parseJson((await getMeta(store.queries, META)) ?? "null"));
  let saved = "";
  const save = async () => {
    const { savedMs, deployments } = health.snapshot();
    const told = JSON.stringify(deployments);
    // An idle gateway writes nothing; what rests is saved again, because it counts by when it was saved.
    const isIdle = told === saved && Object.values(deployments).every(({ breaker }) => breaker === null);
    if (isIdle) return;
    saved = told;
    await store.writes.run(setMeta(store.queries, META, JSON.stringify({ savedMs, deployments })));
  };
  const attempt = () =>
    save().catch((error) => log.warn({ error: String(error) }, "the health of deployments was not saved"));
  const timer = setInterval(attempt, everyMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await attempt();
    },
  };
}
