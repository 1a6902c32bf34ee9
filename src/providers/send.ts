import { isIPv6 } from "node:net";
import { type Fault, fault } from "../core/faults.ts";
import type { AddressPolicy } from "./address-policy.ts";
import type { Operation, Provider, WireRequest } from "./contract.ts";
import { demoReply } from "./demo.ts";
import { AddressRefused, type Pins } from "./pins.ts";

/** The built-in provider answers in this process; nothing is called. */
export const DEMO_BASE_URL = "demo:";

/** What is the same for all calls to one operation of one provider, written once. */
interface Prepared {
  url: URL;
  headers: Record<string, string>;
  serverName: string | null;
}

/**
 * The only caller of `fetch`. Nothing else in the program can reach a network address, so what holds here holds
 * everywhere: no redirects, a checked and pinned address, and a credential that only ever goes to the origin it was
 * configured with.
 */
export class Sender {
  private readonly pins: Pins;
  private readonly prepared = new WeakMap<Provider, Map<string, Prepared>>();
  private policy: AddressPolicy;

  constructor(pins: Pins, policy: AddressPolicy) {
    this.pins = pins;
    this.policy = policy;
  }

  /** Applies a new policy from the next call on; every address is checked again. */
  usePolicy(policy: AddressPolicy): void {
    this.policy = policy;
    this.pins.clear();
  }

  /** Sends one call. A fault here means that there is no response to read. */
  async send(
    provider: Provider,
    wire: WireRequest,
    upstreamModel: string,
    signal: AbortSignal,
  ): Promise<Response | Fault> {
    if (provider.baseUrl === DEMO_BASE_URL) return demoReply(wire);
    const path = wire.path ?? provider.paths[wire.operation];
    if (path === undefined) return fault("model_missing", `${provider.id} offers no ${wire.operation}`);
    const call = this.prepare(provider, path, path.includes("{model}") ? upstreamModel : "");
    const host = call.url.hostname.replace(/^\[|\]$/g, "");
    try {
      const address =
        this.pins.known(host, provider.local, this.policy) ??
        (await unlessAborted(this.pins.look(host, provider.local, this.policy), signal));
      return await fetch(pinned(call.url, host, address), this.init(call, wire, signal));
    } catch (error) {
      if (signal.aborted) return fault("canceled", "the call was given up");
      return this.faultOf(error, host, provider.local);
    }
  }

  /** Whether a second connection to the provider opens within `timeoutMs`: tells a slow answer from a dead origin. */
  async probe(provider: Provider, timeoutMs: number): Promise<boolean> {
    const url = new URL(provider.baseUrl);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const address = this.pins.known(host, provider.local, this.policy);
    if (address === null) return false;
    const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
    const isReached = await reaches(address, port, timeoutMs);
    if (!isReached) this.pins.moveOn(host, provider.local);
    return isReached;
  }

  private init(call: Prepared, wire: WireRequest, signal: AbortSignal): BunFetchRequestInit {
    const init: BunFetchRequestInit & { timeout?: false } = {
      method: wire.operation === "models" ? "GET" : "POST",
      headers: call.headers,
      redirect: "manual",
      signal,
      timeout: false,
    };
    if (wire.operation !== "models") init.body = wire.body;
    if (call.serverName !== null) init.tls = { serverName: call.serverName };
    return init;
  }

  private prepare(provider: Provider, path: string, upstreamModel: string): Prepared {
    let calls = this.prepared.get(provider);
    if (!calls) {
      calls = new Map();
      this.prepared.set(provider, calls);
    }
    const key = `${path} ${upstreamModel}`;
    let call = calls.get(key);
    if (!call) {
      call = prepareCall(provider, path.replace("{model}", encodeURIComponent(upstreamModel)));
      calls.set(key, call);
    }
    return call;
  }

  private faultOf(error: unknown, host: string, local: boolean): Fault {
    if (error instanceof AddressRefused) return fault("network", error.message);
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    // The runtime's message holds the whole URL, and with it a key that travels in the query: it is read, never kept.
    const message = error instanceof Error ? error.message : String(error);
    const cause = code || (error instanceof Error ? error.name : "unknown");
    if (MALFORMED.test(code) || MALFORMED.test(message)) return fault("malformed", cause);
    const another = this.pins.moveOn(host, local);
    return fault("network", cause, { beforeResponse: another || ENDED.test(code) });
  }
}

/** Whether a connection opens in time. */
function reaches(hostname: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise<boolean>((done) => {
    const timer = setTimeout(() => done(false), timeoutMs);
    const settle = (reached: boolean) => {
      clearTimeout(timer);
      done(reached);
    };
    Bun.connect({
      hostname,
      port,
      socket: {
        open(socket) {
          socket.end();
          settle(true);
        },
        data() {},
        connectError: () => settle(false),
        error: () => settle(false),
      },
    }).catch(() => settle(false));
  });
}

/** A name server that does not answer must not outlive the call that waits for it. */
async function unlessAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new DOMException("the call was given up", "AbortError");
  let giveUp: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(new DOMException("the call was given up", "AbortError"));
    signal.addEventListener("abort", giveUp);
  });
  try {
    return await Promise.race([pending, aborted]);
  } finally {
    if (giveUp) signal.removeEventListener("abort", giveUp);
  }
}

/** Bun's codes for a response that is no HTTP. */
const MALFORMED =
  /InvalidHTTPResponse|Malformed_HTTP_Response|ResponseHeadersTooLarge|InvalidContentLength|TransferEncoding|Decompression/i;
/** The connection was there and ended before any response byte: a stale pooled connection looks like this. */
const ENDED = /^(ECONNRESET|ConnectionClosed|EPIPE)$/;

function prepareCall(provider: Provider, path: string): Prepared {
  const url = new URL(provider.baseUrl + path);
  url.username = "";
  url.password = "";
  for (const [name, value] of Object.entries(provider.query)) url.searchParams.set(name, value);
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "accept-encoding": "identity",
    "user-agent": "nyuro",
    ...Object.fromEntries(
      Object.entries(provider.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    host: url.host,
  };
  if (provider.apiKey !== null) {
    if (provider.auth.kind === "bearer") headers.authorization = `Bearer ${provider.apiKey}`;
    if (provider.auth.kind === "header") headers[provider.auth.name.toLowerCase()] = provider.apiKey;
    if (provider.auth.kind === "query") url.searchParams.set(provider.auth.name, provider.apiKey);
  }
  return {
    url,
    headers,
    serverName: url.protocol === "https:" ? url.hostname.replace(/^\[|\]$/g, "") : null,
  };
}

function pinned(url: URL, host: string, address: string): string {
  if (host === address) return url.href;
  const at = url.port === "" ? "" : `:${url.port}`;
  return `${url.protocol}//${isIPv6(address) ? `[${address}]` : address}${at}${url.pathname}${url.search}`;
}

/** A GET of the model list, as the dialects read it. */
export function modelsRequest(): WireRequest {
  const operation: Operation = "models";
  return { operation, body: "", dropped: [], added: [] };
}
