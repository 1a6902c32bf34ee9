import type { Provider } from "../providers/contract.ts";

/** A public provider with nothing special about it; it can call nothing private. */
export function providerAt(baseUrl: string, rest: Partial<Provider> = {}): Provider {
  return {
    id: "test",
    presetId: null,
    dialect: "openai",
    baseUrl,
    auth: { kind: "bearer" },
    apiKey: "sk-canary-5f1e",
    credentials: null,
    paths: { chat: "/chat/completions", embeddings: "/embeddings", models: "/models" },
    headers: {},
    query: {},
    quirks: {},
    local: false,
    takesMetadata: false,
    timeouts: { connectMs: 1000, firstContentMs: 1000, idleMs: 1000, totalMs: 5000 },
    ...rest,
  };
}
