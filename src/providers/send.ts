import { type Fault, fault } from "../core/faults.ts";
import type { AddressPolicy } from "./address-policy.ts";
import { type AttachmentLimits, fetchAttachment } from "./attachments.ts";
import type { Authorizer } from "./authorize/authorizer.ts";
import type { Attachment, Operation, Provider, WireRequest } from "./contract.ts";
import { demoReply } from "./demo.ts";
import { AddressRefused, type Pins } from "./pins.ts";
import { hostOf, type PreparedCall, pinned, prepareCall, serverNameOf } from "./prepared-call.ts";
import { reaches } from "./reaches.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** The built-in provider answers in this process; nothing is called. */
export const DEMO_BASE_URL = "demo:";

/** A token server answers at once or is not there. */
const TOKEN_TIMEOUT_MS = 10_000;

/**
 * The only caller of `fetch`. Nothing else in the program can reach a network address, so what holds here holds
 * everywhere: no redirects, a checked and pinned address, and a credential that only ever goes to the origin it was
 * configured with.
 */
export class Sender {
  private readonly pins: Pins;
  private readonly prepared = new WeakMap<Provider, Map<string, PreparedCall>>();
  private readonly authorizer: Authorizer | null;
  private policy: AddressPolicy;

  /** Without an authorizer, providers that need one are faults. */
  constructor(pins: Pins, policy: AddressPolicy, authorizer: Authorizer | null = null) {
    this.pins = pins;
    this.policy = policy;
    this.authorizer = authorizer;
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
    const offered = provider.paths[wire.operation];
    if (offered === undefined) return fault("model_missing", `${provider.id} offers no ${wire.operation}`);
    const path = wire.path ?? offered;
    const call = this.prepare(provider, path, path.includes("{model}") ? upstreamModel : "");
    const { host } = call;
    try {
      const address =
        this.pins.known(host, provider.local, this.policy) ??
        (await unlessAborted(this.pins.look(host, provider.local, this.policy), signal));
      const url = pinned(call.url, host, address);
      if (provider.auth.kind !== "credentials") return await fetch(url, initOf(call, wire, signal));
      return await this.sendAuthorized(url, provider, call, wire, signal);
    } catch (error) {
      if (signal.aborted) return fault("canceled", "the call was given up");
      return this.faultOf(error, host, provider.local);
    }
  }

  /**
   * GETs what a caller's request refers to by URL. Nothing of ours goes along, no address is called that a provider on
   * the Internet could not have, and what cannot be had is the caller's fault with a sentence that says why.
   */
  fetchAttachment(url: string, limits: AttachmentLimits): Promise<Attachment | Fault> {
    return fetchAttachment((target, headers, signal) => this.getOnce(target, headers, signal), url, limits);
  }

  /**
   * POSTs to an address of the operator's own choice that is no provider, guarded like one that is not local. Only the
   * status counts: what else is answered is not read, a redirect is not followed.
   */
  async post(
    to: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<number | Fault> {
    const response = await this.postOnce(new URL(to), headers, body, signal);
    if (!(response instanceof Response)) return response;
    response.body?.cancel().catch(() => {});
    return response.status;
  }

  /** Whether a second connection to the provider opens within `timeoutMs`: tells a slow answer from a dead origin. */
  async probe(provider: Provider, timeoutMs: number): Promise<boolean> {
    const url = new URL(provider.baseUrl);
    const host = hostOf(url);
    const address = this.pins.known(host, provider.local, this.policy);
    if (address === null) return false;
    const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
    const isReached = await reaches(address, port, timeoutMs);
    if (!isReached) this.pins.moveOn(host, provider.local);
    return isReached;
  }

  /** A call whose credential is made for it. */
  private async sendAuthorized(
    url: string,
    provider: Provider,
    call: PreparedCall,
    wire: WireRequest,
    signal: AbortSignal,
  ): Promise<Response | Fault> {
    const { credentials } = provider;
    if (credentials === null || this.authorizer === null)
      return fault("upstream_auth", `${provider.id} has no credentials to call with`, {
        beforeResponse: true,
      });
    const init = initOf(call, wire, signal);
    const signed = { method: init.method, url: call.url, headers: call.headers, body: init.body ?? "" };
    const made = this.authorizer.authorize(credentials, signed, (to, form) => this.postForm(to, form));
    const authorized = await unlessAborted(made, signal);
    if ("kind" in authorized) return { ...authorized, beforeResponse: true };
    const response = await fetch(url, { ...init, headers: { ...call.headers, ...authorized.headers } });
    if (response.status === 401 || response.status === 403) this.authorizer.refused(credentials);
    return response;
  }

  /** Where tokens are fetched. */
  private postForm(to: string, form: string): Promise<Response | Fault> {
    const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
    return this.postOnce(new URL(to), headers, form, AbortSignal.timeout(TOKEN_TIMEOUT_MS));
  }

  /** Guarded like a call of a provider that is not local. A signal that ends is a fault of its own kind. */
  private async postOnce(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<Response | Fault> {
    const host = hostOf(url);
    try {
      const address =
        this.pins.known(host, false, this.policy) ??
        (await unlessAborted(this.pins.look(host, false, this.policy), signal));
      return await fetch(pinned(url, host, address), {
        method: "POST",
        headers: { ...headers, "accept-encoding": "identity", "user-agent": "nyuro", host: url.host },
        body,
        redirect: "manual",
        signal,
        ...tlsOf(serverNameOf(url)),
      });
    } catch (error) {
      if (signal.aborted) return fault("timeout", "no answer in time");
      return this.faultOf(error, host, false);
    }
  }

  /** One request to wherever a caller points. The connection is not kept: nobody's else shall run over it. */
  private async getOnce(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response | Fault> {
    const host = hostOf(url);
    try {
      const [address = ""] = await unlessAborted(this.pins.lookOnce(host, this.policy), signal);
      return await fetch(pinned(url, host, address), {
        headers: { ...headers, "user-agent": "nyuro", host: url.host },
        redirect: "manual",
        keepalive: false,
        // It was not asked for, and a few bytes may be gigabytes.
        decompress: false,
        signal,
        ...tlsOf(serverNameOf(url)),
      });
    } catch (error) {
      if (signal.aborted) return fault("canceled", "the call was given up");
      return this.faultOf(error, host, false);
    }
  }

  private prepare(provider: Provider, path: string, upstreamModel: string): PreparedCall {
    let calls = this.prepared.get(provider);
    if (!calls) {
      calls = new Map();
      this.prepared.set(provider, calls);
    }
    const key = `${path} ${upstreamModel}`;
    let call = calls.get(key);
    if (!call) {
      call = prepareCall(provider, path, upstreamModel);
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

interface CallInit extends BunFetchRequestInit {
  method: string;
  body?: string;
  /** The runtime's own timer, off: the timers are ours. */
  timeout: false;
}

function initOf({ headers, serverName }: PreparedCall, wire: WireRequest, signal: AbortSignal): CallInit {
  const isList = wire.operation === "models";
  const init: CallInit = {
    method: isList ? "GET" : "POST",
    headers,
    redirect: "manual",
    signal,
    timeout: false,
  };
  if (!isList) init.body = wire.body;
  if (serverName !== null) init.tls = { serverName };
  return init;
}

function tlsOf(serverName: string | null): Pick<BunFetchRequestInit, "tls"> {
  return serverName === null ? {} : { tls: { serverName } };
}

/** Bun's codes for a response that is no HTTP. */
const MALFORMED =
  /InvalidHTTPResponse|Malformed_HTTP_Response|ResponseHeadersTooLarge|InvalidContentLength|TransferEncoding|Decompression/i;
/** The connection was there and ended before any response byte: a stale pooled connection looks like this. */
const ENDED = /^(ECONNRESET|ConnectionClosed|EPIPE)$/;

/** A GET of the model list, as the dialects read it. */
export function modelsRequest(): WireRequest {
  const operation: Operation = "models";
  return { operation, body: "", dropped: [], added: [] };
}
