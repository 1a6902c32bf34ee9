const VARIABLE = "BUN_CONFIG_MAX_HTTP_REQUESTS";
const CALLS_AT_ONCE = "20000";

/**
 * The runtime allows 256 upstream calls at once unless this variable says otherwise *before the process starts*;
 * every further call would hang. Returns the environment to start again with, or null where it is set already.
 */
export function environmentForManyCalls(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv | null {
  return env[VARIABLE] ? null : { ...env, [VARIABLE]: CALLS_AT_ONCE };
}
