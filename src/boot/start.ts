import type { Config } from "../config/config.ts";
import type { Environment } from "../config/env.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";
import { isConfigProblem } from "../config/problem.ts";
import { watchConfig } from "../config/watch.ts";
import { systemClock } from "../core/clock.ts";
import { Deadlines } from "../core/deadlines.ts";
import { RequestNumbers } from "../core/ids.ts";
import type { Log } from "../core/log.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { Keys } from "../keys/keys.ts";
import { loadPepper } from "../keys/pepper.ts";
import { Ledger } from "../ledger/ledger.ts";
import { LedgerReader } from "../ledger/read.ts";
import { Pins } from "../providers/pins.ts";
import { PRESETS } from "../providers/presets/list.ts";
import { Sender } from "../providers/send.ts";
import { Health } from "../routing/health.ts";
import { listen } from "../server/app.ts";
import { createManage } from "../server/manage/manage.ts";
import { createMetrics } from "../server/metrics.ts";
import type { Services } from "../server/services.ts";
import { openStore, type Store } from "../store/open.ts";
import { banner, exampleModel } from "./banner.ts";
import { makeFirstKey } from "./first-key.ts";
import { readinessOf } from "./readiness.ts";
import { Snapshots } from "./snapshots.ts";

export interface StartOptions {
  environment: Environment;
  cwd: string;
  /** `--config`. */
  configPath?: string;
  log: Log;
  /** Gets the banner. */
  print: (text: string) => void;
}

export interface Running {
  url: string;
  /** Finishes what is in flight (up to `server.drain_ms`), writes what is waiting, lets the data folder go. */
  stop(): Promise<void>;
}

/** One clear sentence each; nothing is running. */
export interface StartProblem {
  problems: readonly string[];
}

/** The banner names what was found; a provider that answers later is found all the same. */
const LONGEST_WAIT_FOR_MODELS_MS = 500;

export const KNOWN = { presets: PRESETS.map(({ id }) => id), dialects: ["openai"] };

/** Reads the config, opens the store, joins the parts and listens. What people can mend comes back as sentences. */
export async function start(options: StartOptions): Promise<Running | StartProblem> {
  const loaded = load(options);
  if (isConfigProblem(loaded))
    return { problems: loaded.problems.map((it) => (loaded.path ? `${loaded.path}: ${it}` : it)) };
  const { config } = loaded;
  const store = openStore({
    dataDir: config.dataDir,
    sync: config.store.sync,
    clock: systemClock,
    onWarning: (message) => options.log.warn({}, message),
  });
  if ("problem" in store) return { problems: [store.problem] };
  const running = await startOn(store, loaded, options);
  if ("problems" in running) await store.close();
  return running;
}

function load({ environment, cwd, configPath }: StartOptions) {
  return loadConfig({ environment, cwd, path: configPath, known: KNOWN });
}

async function startOn(
  store: Store,
  loaded: LoadedConfig,
  options: StartOptions,
): Promise<Running | StartProblem> {
  const { environment, log } = options;
  const clock = systemClock;
  let config: Config = loaded.config;
  const hashSecret = await loadPepper({ dataDir: config.dataDir, secret: environment.secret, store });
  if (typeof hashSecret !== "function") return { problems: [hashSecret.problem] };
  const keys = await Keys.load({ store, hashSecret, clock });
  const sender = new Sender(new Pins(clock), config.egress);
  const snapshots = new Snapshots({ environment, clock, log, sender });
  const applied = snapshots.apply(config, loaded.revision);
  if ("problems" in applied) return applied;

  const ledger = new Ledger(store);
  const metrics = createMetrics();
  const gateway: Gateway = {
    clock,
    log,
    deadlines: new Deadlines(clock),
    health: new Health(clock),
    sender,
    write: (row) => ledger.write(row),
    observe: (row) => metrics.observe(row),
    snapshot: () => snapshots.current(),
  };
  const services: Services = {
    gateway,
    numbers: new RequestNumbers(clock, store.lastSequence()),
    verify: (secret) => keys.verify(secret),
    noteUse: (keyId, timeMs) => keys.noteUse(keyId, timeMs),
    limits: () => ({
      maxBodyBytes: config.server.maxBodyMb * 2 ** 20,
      bodyTimeoutMs: config.server.bodyTimeoutMs,
      corsOrigins: config.server.cors.origins,
      publicMetrics: config.server.publicMetrics,
    }),
    notReady: readinessOf(clock, store, snapshots),
  };
  const manage = createManage({ services, keys, store, reader: new LedgerReader(store), snapshots });
  const { host, port } = config.server;
  const listening = tryListen(
    () => listen({ services, manage, renderMetrics: () => metrics.render() }, { host, port }),
    host,
    port,
  );
  if ("problems" in listening) {
    snapshots.stop();
    return listening;
  }
  await Promise.race([applied.discovered, Bun.sleep(LONGEST_WAIT_FOR_MODELS_MS)]);
  const newKey = await makeFirstKey(keys, environment.bootstrapKey);
  options.print(
    banner({
      url: listening.url,
      newKey,
      providers: describeProviders(snapshots),
      configPath: loaded.path,
      dataDir: config.dataDir,
      model: exampleModel(snapshots.current().catalog),
    }),
  );

  const reload = () => {
    const next = load({ ...options, configPath: loaded.path ?? undefined });
    if (isConfigProblem(next))
      return log.error({ problems: next.problems }, "config not reloaded: the old one stays");
    const outcome = snapshots.apply(next.config, next.revision);
    if ("problems" in outcome)
      return log.error({ problems: outcome.problems }, "config not reloaded: the old one stays");
    config = { ...next.config, dataDir: config.dataDir };
    sender.usePolicy(config.egress);
    log.info({ revision: next.revision }, "config reloaded");
  };
  const watching = watchForReload(loaded.path, reload);

  return {
    url: listening.url,
    async stop() {
      watching.close();
      snapshots.stop();
      await listening.stop(config.server.drainMs);
      await keys.close();
      await store.close();
    },
  };
}

/** With a file, its changes and SIGHUP; without one, SIGHUP reads the environment's defaults again. */
function watchForReload(path: string | null, reload: () => void): { close(): void } {
  if (path !== null) return watchConfig({ path, reload });
  process.on("SIGHUP", reload);
  return { close: () => void process.off("SIGHUP", reload) };
}

function tryListen<T>(open: () => T, host: string, port: number): T | StartProblem {
  try {
    return open();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "EADDRINUSE")
      return {
        problems: [`Port ${port} on ${host} is taken; choose another with NYURO_PORT or server.port.`],
      };
    if (code === "EACCES")
      return { problems: [`Port ${port} on ${host} may not be used; ports below 1024 need privileges.`] };
    return { problems: [`Cannot listen on ${host}:${port}${code ? ` (${code})` : ""}.`] };
  }
}

/** `openai (OPENAI_API_KEY)`, `ollama (http://127.0.0.1:11434)`: where each one came from, never a credential. */
function describeProviders(snapshots: Snapshots): string[] {
  const { catalog } = snapshots.current();
  return snapshots
    .providers()
    .filter(({ id }) => catalog.providerIds.has(id))
    .map((provider) => {
      if (provider.baseUrl === "demo:") return "demo (simulated; nothing real is configured)";
      const keyEnv = PRESETS.find(({ id }) => id === provider.presetId)?.keyEnv;
      const origin = provider.local ? new URL(provider.baseUrl).origin : keyEnv;
      return origin ? `${provider.id} (${origin})` : provider.id;
    });
}
