import { afterAll } from "bun:test";
import { joinAlerts } from "../boot/join-alerts.ts";
import { joinBudgets } from "../boot/join-budgets.ts";
import { joinSignIn } from "../boot/people.ts";
import { recordingIn } from "../boot/recording.ts";
import type { Budgets } from "../budget/budgets.ts";
import { RateLimits } from "../budget/rate-limits.ts";
import { NO_ORIGINS, type Origins } from "../config/origins.ts";
import type { Scope } from "../core/caller.ts";
import { Deadlines } from "../core/deadlines.ts";
import type { CatalogView } from "../core/deployment.ts";
import { RequestNumbers } from "../core/ids.ts";
import type { Log } from "../core/log.ts";
import type { Snapshot, Upstream } from "../gateway/gateway.ts";
import { Keys } from "../keys/keys.ts";
import { Orgs } from "../keys/orgs.ts";
import { pepperOf } from "../keys/pepper.ts";
import { secretHasher } from "../keys/secret.ts";
import { Bills } from "../ledger/bills.ts";
import type { RequestBodies } from "../ledger/bodies.ts";
import { KeptBodies } from "../ledger/kept-bodies.ts";
import { Ledger } from "../ledger/ledger.ts";
import { LedgerReader } from "../ledger/read.ts";
import type { LedgerRow } from "../ledger/row.ts";
import type { People } from "../people/people.ts";
import { AddedProviders } from "../providers/added/added-providers.ts";
import type { Provider } from "../providers/contract.ts";
import { DIALECTS } from "../providers/dialects/list.ts";
import { Pins } from "../providers/pins.ts";
import { Sender } from "../providers/send.ts";
import { Health } from "../routing/health.ts";
import { listen } from "../server/app.ts";
import type { ServeConsole } from "../server/console/serve-console.ts";
import { createManage } from "../server/manage/manage.ts";
import type { Services } from "../server/services.ts";
import { openStore, type Store } from "../store/open.ts";
import { DEFAULT_ORG_ID } from "../store/orgs-table.ts";
import { BUDGET_SETTINGS } from "./budgets.ts";
import { catalogOf } from "./catalog.ts";
import { type FixedClock, fixedClock } from "./clock.ts";
import { liveUpstreams } from "./live-upstreams.ts";
import { type PolicyChanges, policyOf } from "./policy.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export const OTHER_ORG_ID = "org_other";
export const START_MS = 1_800_000_000_000;

export interface ManageScene {
  url: string;
  clock: FixedClock;
  store: Store;
  keys: Keys;
  people: People;
  ledger: Ledger;
  /** Records a row as the gateway does: what it cost counts. */
  write(row: LedgerRow, said?: RequestBodies | null): Promise<void>;
  health: Health;
  logs: string[];
  /** Makes a key and gives its secret. */
  keyWith(scopes: readonly Scope[], orgId?: string): Promise<{ id: string; secret: string }>;
  /** As the program ends: waits for open connections that long. */
  stop(drainMs: number): Promise<void>;
  /** Calls the server; a body that is no text is sent as JSON. */
  call(method: string, path: string, secret: string | null, body?: unknown): Promise<Response>;
}

export interface ManageSceneOptions {
  providers?: readonly Provider[];
  catalog?: CatalogView;
  policy?: PolicyChanges;
  /** Absent = there is no configuration file. */
  origins?: Origins;
  /** Absent = there is no console. */
  serveConsole?: ServeConsole;
}

/** The real server, store, keys and ledger on loopback, under a clock that stands still. Ends with the file's tests. */
export async function manageScene(options: ManageSceneOptions = {}): Promise<ManageScene> {
  const clock = fixedClock(START_MS);
  const store = await storeOfTwoOrgs(clock);
  const keys = await Keys.load({ store, hashSecret: secretHasher("pepper"), clock });
  const orgs = await Orgs.load({ store, clock, keys });
  const ledger = new Ledger(store);
  const logs: string[] = [];
  const log = listLog(logs);
  const sender = new Sender(new Pins(clock), { allow: [] });
  const alerts = joinAlerts({ store, clock, log, sender }, null);
  const money = await joinBudgets({ store, clock, log, ledger, keys, orgs, onBand: alerts.onBand });
  const upstreams = upstreamsOf(options);
  const { people, personOf } = joinSignIn({ store, clock, log, keyFor: pepperOf("pepper").keyFor }, orgs);
  const wanted = { ...options, upstreams, personOf };
  const services = servicesOf({ keys, orgs, ledger, funds: money.budgets, clock, log }, wanted);
  const reader = new LedgerReader(store);
  const [key, live] = [pepperOf("pepper").keyFor("providers"), liveUpstreams(upstreams)];
  const added = await AddedProviders.load({ store, clock, key, live });
  const bills = new Bills({ store, clock });
  const bodies = new KeptBodies({ store, clock, bodyDays: () => 30 });
  const owners = { keys, orgs, budgets: money.book, added, bills, bodies, people };
  const manage = createManage({ services, ...owners, store, reader });
  const renderMetrics = async () => ({ body: "", contentType: "text/plain" });
  const serveConsole = options.serveConsole ?? (async () => null);
  const server = listen({ services, manage, renderMetrics, serveConsole }, { host: "127.0.0.1", port: 0 });
  afterAll(async () => {
    await server.stop(0);
    await money.stop();
    await alerts.close();
    await keys.close();
    await store.close();
  });
  return {
    url: server.url,
    clock,
    store,
    keys,
    people,
    ledger,
    write: (row, said = null) => services.gateway.write(row, said),
    health: services.gateway.health,
    logs,
    async keyWith(scopes, orgId = DEFAULT_ORG_ID) {
      const made = await keys.create({ name: `a ${scopes.join("+")} key`, orgId, scopes });
      if ("refusal" in made) throw new Error(JSON.stringify(made.refusal));
      return { id: made.key.id, secret: made.secret };
    },
    stop: (drainMs) => server.stop(drainMs),
    call: (method, path, secret, body) =>
      fetch(server.url + path, {
        method,
        headers: secret === null ? {} : { authorization: `Bearer ${secret}` },
        body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
      }),
  };
}

async function storeOfTwoOrgs(clock: FixedClock): Promise<Store> {
  const store = openStore({ dataDir: temporaryDirectory(), sync: "normal", clock });
  if ("problem" in store) throw new Error(store.problem);
  await store.writes.run((db) => {
    db.query("INSERT INTO orgs (id, name, time_zone, created_at_ms) VALUES (?, 'Other', 'UTC', 0)").run(
      OTHER_ORG_ID,
    );
  });
  return store;
}

function upstreamsOf({ providers = [] }: ManageSceneOptions): Map<string, Upstream> {
  return new Map(
    providers.map((provider) => [provider.id, { provider, dialect: DIALECTS[provider.dialect] }]),
  );
}

function listLog(logs: string[]): Log {
  const note = (fields: Record<string, unknown>, message: string) =>
    void logs.push(JSON.stringify({ ...fields, message }));
  return { info: note, warn: note, error: note };
}

interface ServiceParts {
  keys: Keys;
  orgs: Orgs;
  ledger: Ledger;
  funds: Budgets;
  clock: FixedClock;
  log: Log;
}

function servicesOf(
  { keys, orgs, ledger, funds, clock, log }: ServiceParts,
  options: ManageSceneOptions & Pick<Services, "personOf"> & { upstreams: Snapshot["upstreams"] },
): Services {
  const catalog = options.catalog ?? catalogOf([]);
  let snapshot: Snapshot = {
    catalog,
    policy: policyOf(catalog, options.policy),
    upstreams: options.upstreams,
    configRevision: "test",
    maxAttempts: 5,
    budgets: BUDGET_SETTINGS,
  };
  return {
    gateway: {
      clock,
      log,
      deadlines: new Deadlines(clock),
      health: new Health(clock),
      limits: new RateLimits(clock),
      sender: new Sender(new Pins(clock), { allow: [] }),
      funds,
      unknownPriceOf: () => null,
      countTokens: async () => null,
      storesBodies: (orgId) => orgs.get(orgId)?.storeBodies ?? false,
      write: recordingIn(ledger, funds),
      observe() {},
      snapshot: () => snapshot,
      snapshotAt: (catalogRevision, configRevision) =>
        catalogRevision === catalog.revision && configRevision === "test" ? snapshot : null,
    },
    numbers: new RequestNumbers(clock, 0),
    verify: (secret) => keys.verify(secret),
    personOf: options.personOf,
    reached: () => ({ publicOrigin: null, host: "127.0.0.1" }),
    noteUse: (keyId, timeMs) => keys.noteUse(keyId, timeMs),
    drain(providerId, isDraining) {
      const draining = new Set(snapshot.policy.draining);
      if (isDraining) draining.add(providerId);
      else draining.delete(providerId);
      snapshot = { ...snapshot, policy: { ...snapshot.policy, draining } };
    },
    limits: () => ({
      maxBodyBytes: 32 * 2 ** 20,
      bodyTimeoutMs: 30_000,
      corsOrigins: [],
      publicMetrics: false,
    }),
    origins: () => options.origins ?? NO_ORIGINS,
    notReady: async () => null,
  };
}

/** The body of a reply, parsed; loosely typed, for `expect` to look into. */
export async function jsonOf(reply: Response | Promise<Response>) {
  return JSON.parse(await (await reply).text());
}
