import type { Operation, Quirks } from "../contract.ts";

/** Where the OpenAI API keeps its operations, after the base URL. */
export const OPENAI_PATHS = {
  chat: "/chat/completions",
  embeddings: "/embeddings",
  models: "/models",
} as const satisfies Record<Operation, string>;

/** The same without embeddings, for providers that serve none. */
export const CHAT_PATHS = { chat: "/chat/completions", models: "/models" } as const;

/**
 * For APIs that document only `max_tokens`. Most of them ignore the newer name in silence, and a limit that is
 * ignored is money spent past it.
 */
export const OLD_OUTPUT_LIMIT = { rename: { max_completion_tokens: "max_tokens" } } as const satisfies Quirks;
