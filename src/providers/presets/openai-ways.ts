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

/**
 * OpenAI's own models, wherever they run. Those that reason refuse `max_tokens`; up to GPT-5 they refuse any sampling but
 * the default as well, which later ones take where the effort is none: https://platform.openai.com/docs/guides/latest-model,
 * https://zenn.dev/headwaters/articles/a5468c45ec2e52. Tool call ids of other providers can be too long for them:
 * https://github.com/vercel/ai/issues/5171
 */
export const OPENAI_MODELS = {
  toolCallIds: "at-most-40",
  byModel: [
    {
      models: /(^|\/)(o\d|codex-|gpt-([5-9]|\d\d))(?!-chat)/,
      rename: { max_tokens: "max_completion_tokens" },
    },
    {
      models: /(^|\/)(o\d|gpt-5)(-(mini|nano|pro|codex))?(-20\d\d|$)/,
      fixed: {
        temperature: 1,
        top_p: 1,
        presence_penalty: 0,
        frequency_penalty: 0,
        logit_bias: null,
        logprobs: false,
        top_logprobs: 0,
      },
    },
  ],
} as const satisfies Quirks;

/** For APIs whose messages have no `developer` role; `system` is what it was called before, and means the same. */
export const SYSTEM_ROLE = { roles: { developer: "system" } } as const satisfies Quirks;

/** The usual two for APIs made after the older OpenAI one. */
export const OLDER_OPENAI = { ...OLD_OUTPUT_LIMIT, ...SYSTEM_ROLE } as const satisfies Quirks;

/**
 * Fields that OpenAI added for itself, and that change nothing of what an answer means. Strict APIs refuse what they
 * do not know ("property 'prompt_cache_key' is unsupported", https://github.com/eigent-ai/eigent/issues/1827).
 */
export const OPENAI_EXTRAS = [
  "store",
  "verbosity",
  "safety_identifier",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
] as const;

/** What strict APIs take in messages: not even a `name`, or the fields that an SDK returns with an answer. */
export const STRICT_MESSAGES = {
  messageFields: ["role", "content", "tool_calls", "tool_call_id"],
} as const satisfies Quirks;
