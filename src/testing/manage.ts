import { afterAll } from "bun:test";
import { RateLimits } from "../budget/rate-limits.ts";
import type { Scope } from "../core/caller.ts";
import { Deadlines } from "../core/deadlines.ts";
import type { CatalogView } from "../core/deployment.ts";
import { RequestNumbers } from "../core/ids.ts";
import type { Snapshot } from "../gateway/gateway.ts";
import { Keys } from "../keys/keys.ts";
import { Orgs } from "../keys/orgs.ts";
import { secretHasher } from "../keys/secret.ts";
import { Ledger } from "../ledger/ledger.ts";
import { LedgerReader } from "../ledger/read.ts";
import type { Provider } from "../providers/contract.ts";
import { DIALECTS } from "../providers/dialects/list.ts";
import { Pins } from "../providers/pins.ts";
import { Sender } from "../providers/send.ts";
import { Health } from "../routing/health.ts";
import { listen } from "../server/app.ts";
import { createManage } from "../server/manage/manage.ts";
import type { Services } from "../server/services.ts";
import { openStore } from "../store/open.ts";
import { DEFAULT_ORG_ID } from "../store/orgs-table.ts";
import { catalogOf } from "./catalog.ts";
import { type FixedClock, fixedClock } from "./clock.ts";
import { type PolicyChanges, policyOf } from "./policy.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export const OTHER_ORG_ID = "org_other";
export const START_MS = 1_800_000_000_000;

export interface ManageScene {
  url: string;
  clock: FixedClock;
  keys: Keys;
  ledger: Ledger;
  health: Health;
  logs: string[];
  /** Makes a key and gives its secret. */
  keyWith(scopes: readonly Scope[], orgId?: string): Promise<{ id: string; secret: string }>;
  /** Calls the server; a body that is no text is sent as JSON. */
  call(method: string, path: string, secret: string | null, body?: unknown): Promise<Response>;
}

export interface ManageSceneOptions {
  providers?: readonly Provider[];
  catalog?: CatalogView;
  policy?: PolicyChanges;
}

/** The real server, store, keys and ledger on loopback, under a clock that stands still. Ends with the file's tests. */
export async function manageScene(options: ManageSceneOptions = {}): Promise<ManageScene> {
  const clock = fixedClock(START_MS);
  const dataDir = temporaryDirectory();
  const store = openStore({ dataDir, sync: "normal", clock });
  if ("problem" in store) throw new Error(store.problem);
  await store.writes.run((db) => {
    db.query("INSERT INTO orgs (id, name, time_zone, created_at_ms) VALUES (?, 'Other', 'UTC', 0)").run(
      OTHER_ORG_ID,
    );
  });
  const keys = await Keys.load({ store, hashSecret: secretHasher("pepper"), clock });
  const orgs = await Orgs.load({ store, clock, keys });
  const ledger = new Ledger(store);
  const logs: string[] = [];
  const services = servicesOf(keys, ledger, clock, options, logs);
  const manage = createManage({ services, keys, orgs, store, reader: new LedgerReader(store) });
  const renderMetrics = async () => ({ body: "", contentType: "text/plain" });
  const server = listen({ services, manage, renderMetrics }, { host: "127.0.0.1", port: 0 });
  afterAll(async () => {
    await server.stop(0);
    await keys.close();
    await store.close();
  });
  return {
    url: server.url,
    clock,
    keys,
    ledger,
    health: services.gateway.health,
    logs,
    async keyWith(scopes, orgId = DEFAULT_ORG_ID) {
      const made = await keys.create({ name: `a ${scopes.join("+")} key`, orgId, scopes });
      if ("refusal" in made) throw new Error(JSON.stringify(made.refusal));
      return { id: made.key.id, secret: made.secret };
    },
    call: (method, path, secret, body) =>
      fetch(server.url + path, {
        method,
        headers: secret === null ? {} : { authorization: `Bearer ${secret}` },
        body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
      }),
  };
}

function servicesOf(
  keys: Keys,
  ledger: Ledger,
  clock: FixedClock,
  options: ManageSceneOptions,
  logs: string[],
): Services {
  const note = (fields: Record<string, unknown>, message: string) =>
    void logs.push(JSON.stringify({ ...fields, message }));
  const catalog = options.catalog ?? catalogOf([]);
  let snapshot: Snapshot = {
    catalog,
    policy: policyOf(catalog, options.policy),
    upstreams: new Map(
      (options.providers ?? []).map((provider) => [
        provider.id,
        { provider, dialect: DIALECTS[provider.dialect] },
      ]),
    ),
    configRevision: "test",
    maxAttempts: 5,
  };
  return {
    gateway: {
      clock,
      log: { info: note, warn: note, error: note },
      deadlines: new Deadlines(clock),
      health: new Health(clock),
      limits: new RateLimits(clock),
      sender: new Sender(new Pins(clock), { allow: [] }),
      write: (row) => ledger.write(row),
      observe() {},
      snapshot: () => snapshot,
      snapshotAt: (catalogRevision, configRevision) =>
        catalogRevision === catalog.revision && configRevision === "test" ? snapshot : null,
    },
    numbers: new RequestNumbers(clock, 0),
    verify: (secret) => keys.verify(secret),
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
    notReady: async () => null,
  };
}

/** The body of a reply, parsed; loosely typed, for `expect` to look into. */
export async function jsonOf(reply: Response | Promise<Response>) {
  return JSON.parse(await (await reply).text());
}
