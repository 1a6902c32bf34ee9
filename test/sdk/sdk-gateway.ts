import { APIError, type ClientOptions, OpenAI } from "openai";
import { requestIdOf } from "../../src/core/ids.ts";
import type { Provider } from "../../src/providers/contract.ts";
import { deployment, price } from "../../src/testing/catalog.ts";
import {
  startGateway,
  TEST_KEY,
  type TestGateway,
  type TestGatewayOptions,
  testProvider,
  UPSTREAM_SECRET,
} from "../../src/testing/gateway.ts";
import { type Script, ScriptedUpstream, type UpstreamRequest } from "../../src/testing/scripted-upstream.ts";

/** Generous: nothing here is about slowness, and a busy machine must not look like a dead provider. */
const PATIENT = { connectMs: 5_000, firstContentMs: 10_000, idleMs: 10_000, totalMs: 20_000 };
/** For a provider that hangs on purpose. */
export const IMPATIENT = { connectMs: 300, firstContentMs: 1_000, idleMs: 200, totalMs: 20_000 };

/** What a test changes of the gateway behind an SDK. */
export interface SdkGatewayOptions extends Pick<TestGatewayOptions, "aliases" | "caller" | "maxAttempts"> {
  /** By provider id, what differs from a patient provider on the scripted upstream. */
  providers?: Record<string, Partial<Provider>>;
}

/** A gateway over one scripted upstream: what the SDKs are pointed at. */
export interface SdkGateway {
  nyuro: TestGateway;
  upstream: ScriptedUpstream;
  /** `http://127.0.0.1:<port>/v1` */
  baseURL: string;
  /** What the upstream saw for one deployment, in order. */
  seen(deploymentId: string): UpstreamRequest[];
  /** The official client. Nothing comes from the environment. */
  client(options?: ClientOptions): OpenAI;
  /** The public id of the newest row. */
  lastRequestId(): string;
  /** Forgets rows and upstream requests. */
  forget(): void;
  stop(): Promise<void>;
}

/** What the provider calls a deployment; must never be seen by a client. */
export const upstreamNameOf = (deploymentId: string) => `upstream:${deploymentId}`;

/** Serves `provider/model` → script; among the deployments of one model, the earlier is the cheaper. */
export async function startSdkGateway(
  scripts: Record<string, Script>,
  { providers: differing = {}, ...options }: SdkGatewayOptions = {},
): Promise<SdkGateway> {
  const upstream = await ScriptedUpstream.start();
  const ids = Object.keys(scripts);
  for (const [id, script] of Object.entries(scripts)) upstream.on(upstreamNameOf(id), script);
  const providerIds = new Set(ids.map((id) => id.slice(0, id.indexOf("/"))));
  const nyuro = startGateway({
    providers: [...providerIds].map((id) =>
      testProvider(id, upstream.baseUrl, { timeouts: PATIENT, ...differing[id] }),
    ),
    deployments: ids.map((id, i) =>
      deployment(id, { upstream: upstreamNameOf(id), price: price(i + 1, i + 1) }),
    ),
    ...options,
  });
  const baseURL = `${nyuro.url}/v1`;
  return {
    nyuro,
    upstream,
    baseURL,
    seen: (id) => upstream.requestsFor(upstreamNameOf(id)),
    client: (rest = {}) =>
      new OpenAI({ baseURL, apiKey: TEST_KEY, organization: null, project: null, ...rest }),
    lastRequestId: () => requestIdOf(nyuro.rows.at(-1)?.sequence ?? 0),
    forget() {
      nyuro.rows.length = 0;
      upstream.requests.length = 0;
    },
    async stop() {
      await nyuro.stop();
      await upstream.stop();
    },
  };
}

/** Everything an error tells, as text: it must hold no credential, no address, no name of the provider's. */
export function secretsIn(gateway: SdkGateway, told: string): string[] {
  const secrets = [
    UPSTREAM_SECRET,
    TEST_KEY,
    `:${gateway.upstream.port}`,
    "upstream:",
    ".ts:",
    "node_modules",
  ];
  return secrets.filter((secret) => told.includes(secret));
}

/** The error a call of the openai package ends in. (Its promises start only once awaited: `rejects` cannot see them.) */
export async function errorOf(asked: PromiseLike<unknown>): Promise<APIError> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof APIError) return error;
    throw error;
  }
  throw new Error("the call succeeded");
}
