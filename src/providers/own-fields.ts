/** Fields of a request that are the gateway's own (ours, and OpenRouter's) and never reach a provider. */
export const OWN_FIELDS = [
  "models",
  "provider",
  "route",
  "transforms",
  "plugins",
  "preset",
  "max_cost_usd",
  "session_id",
  "usage",
  "industry",
] as const;
