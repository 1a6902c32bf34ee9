import { isIPv6 } from "node:net";
import type { Provider } from "./contract.ts";
import { pathSegment } from "./path-segment.ts";

/** What is the same for all calls to one operation of one provider, written once. */
export interface PreparedCall {
  url: URL;
  /** Without the brackets of IPv6. */
  host: string;
  /** Names in lower case; a static credential is among them. */
  headers: Record<string, string>;
  /** The name the certificate must be for; null = no TLS. */
  serverName: string | null;
}

export function prepareCall(provider: Provider, path: string, upstreamModel: string): PreparedCall {
  const url = new URL(provider.baseUrl + withModel(path, upstreamModel));
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
  return { url, host: hostOf(url), headers, serverName: serverNameOf(url) };
}

function withModel(path: string, upstreamModel: string): string {
  return path.replace("{model}", () => pathSegment(upstreamModel));
}

export function serverNameOf(url: URL): string | null {
  return url.protocol === "https:" ? hostOf(url) : null;
}

/** Without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

/** The URL with the checked address in place of the name. */
export function pinned(url: URL, host: string, address: string): string {
  if (host === address) return url.href;
  const at = url.port === "" ? "" : `:${url.port}`;
  return `${url.protocol}//${isIPv6(address) ? `[${address}]` : address}${at}${url.pathname}${url.search}`;
}
