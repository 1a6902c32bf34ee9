const MAX_CALLS = "BUN_CONFIG_MAX_HTTP_REQUESTS";
const CALLS_AT_ONCE = "20000";
/** A proxy would resolve and connect by itself, past the address check, and be sent the providers' keys. */
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The runtime reads some variables before any code of ours runs: without the first, every upstream call beyond the
 * 256th at once would hang. Returns the environment to start again with, or null where this one will do, as the
 * launcher's does.
 */
export function environmentToStartAgain(env: Variables = process.env): Variables | null {
  const proxies = PROXIES.filter((name) => env[name]);
  if (env[MAX_CALLS] && proxies.length === 0) return null;
  const kept = Object.entries(env).filter(([name]) => !proxies.includes(name));
  return { ...Object.fromEntries(kept), [MAX_CALLS]: env[MAX_CALLS] || CALLS_AT_ONCE };
}
