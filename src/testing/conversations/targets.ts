import { isObject, type JsonObject } from "../../core/json.ts";
import type { Dialect, DialectId, Quirks, Target } from "../../providers/contract.ts";
import { DIALECTS } from "../../providers/dialects/list.ts";
import { presetOf } from "../../providers/presets/list.ts";
import { anthropicProblems } from "../api-rules/anthropic.ts";
import { bedrockProblems } from "../api-rules/bedrock.ts";
import { geminiProblems } from "../api-rules/gemini.ts";
import { ollamaProblems } from "../api-rules/ollama.ts";
import { anthropicRequestSchema } from "../schemas/anthropic.ts";
import { bedrockConverseRequest } from "../schemas/bedrock.ts";
import { geminiChatRequest } from "../schemas/gemini.ts";
import { ollamaChatRequest } from "../schemas/ollama.ts";
import { openaiChatRequest } from "../schemas/openai.ts";
import { anthropicWire } from "../wire/anthropic.ts";
import { bedrockWire } from "../wire/bedrock.ts";
import { geminiWire } from "../wire/gemini.ts";
import { ollamaWire } from "../wire/ollama.ts";
import { openaiWire } from "../wire/openai.ts";
import type { WireProvider } from "../wire/wire-provider.ts";
import type { ISSUERS } from "./messages.ts";
import type { View } from "./timeline.ts";

type Issuer = keyof typeof ISSUERS;

/** One model of one provider, and what is known of its API independently of the dialect. */
export interface ConversationTarget {
  name: string;
  dialect: Dialect;
  wire: WireProvider;
  target: Target;
  /** Null: a provider whose API departs from the schema. */
  schema: JsonObject | null;
  /** What the API refuses beyond its schema. */
  problems(body: JsonObject): string[];
  view: View;
  /** Ids of this form stay as they are, unless one is there already. */
  keepsIds: RegExp;
  /** Whose reasoning it may be given back. */
  takes: readonly Issuer[];
  /** Values that are the model's own anyway, by field. */
  ownWays: Readonly<Record<string, (value: unknown) => boolean>>;
}

interface Api extends Omit<ConversationTarget, "name" | "dialect" | "wire" | "target"> {
  wire: WireProvider;
}

const isBlank = (text: string) => text.trim() === "";
const isEmpty = (text: string) => text === "";
const isOne = (value: unknown) => value === 1;
/** Asks a model not to think that does not by itself. */
const isNoThought = (value: unknown) =>
  value === "none" ||
  (isObject(value) && (value.effort === "none" || value.enabled === false || value.max_tokens === 0));
/** Google shows no thoughts that were not asked for. */
const isHiding = (value: unknown) => isObject(value) && JSON.stringify(value) === '{"exclude":true}';
const UNTHINKING = { reasoning: isNoThought, reasoning_effort: isNoThought };
const CLAUDE = { temperature: isOne, top_p: isOne };
const is4096 = (value: unknown) => value === 4096;
const SMALL = { max_tokens: is4096, max_completion_tokens: is4096 };
const APART: View = { system: "apart", isBlank, hasIds: true, hasErrors: true };

const APIS: Readonly<Record<DialectId, Api>> = {
  openai: {
    wire: openaiWire,
    schema: openaiChatRequest,
    problems: () => [],
    view: { system: "in place", isBlank: isEmpty, hasIds: true, hasErrors: true },
    keepsIds: /^/,
    takes: [],
    ownWays: {},
  },
  anthropic: {
    wire: anthropicWire,
    schema: anthropicRequestSchema,
    problems: anthropicProblems,
    view: APART,
    keepsIds: /^[a-zA-Z0-9_-]+$/,
    takes: ["anthropic-claude-v1"],
    ownWays: CLAUDE,
  },
  gemini: {
    wire: geminiWire,
    schema: geminiChatRequest,
    problems: geminiProblems,
    view: { ...APART, isBlank: isEmpty, hasIds: false },
    keepsIds: /^$/,
    takes: ["google-gemini-v1"],
    ownWays: { reasoning: isHiding },
  },
  ollama: {
    wire: ollamaWire,
    schema: ollamaChatRequest,
    problems: ollamaProblems,
    view: { system: "in place", isBlank: isEmpty, hasIds: true, hasErrors: false },
    keepsIds: /^/,
    takes: [],
    ownWays: {},
  },
  bedrock: {
    wire: bedrockWire,
    schema: bedrockConverseRequest,
    problems: bedrockProblems,
    view: APART,
    keepsIds: /^[a-zA-Z0-9_-]{1,64}$/,
    takes: [],
    ownWays: {},
  },
};

const PLAIN: Omit<Target, "upstreamModel"> = {
  quirks: {},
  takesMetadata: false,
  maxOutputTokens: null,
  attachments: new Map(),
};

function of(
  dialect: DialectId,
  upstreamModel: string,
  api: Partial<Api> = {},
  rest: Partial<Target> = {},
): ConversationTarget {
  return {
    ...APIS[dialect],
    ...api,
    name: upstreamModel,
    dialect: DIALECTS[dialect],
    target: { ...PLAIN, ...rest, upstreamModel },
  };
}

/** A provider that speaks OpenAI's API in its own way. */
function preset(id: string, upstreamModel: string, api: Partial<Api> = {}): ConversationTarget {
  const quirks: Quirks | undefined = presetOf(id)?.quirks;
  if (!quirks) throw new Error(`${id} has no quirks`);
  const own = { schema: null, view: { ...APIS.openai.view, hasErrors: false } };
  return { ...of("openai", upstreamModel, { ...own, ...api }, { quirks }), name: id };
}

const withoutErrors = { view: { ...APART, hasErrors: false }, ownWays: UNTHINKING };
const nova = { ownWays: UNTHINKING };
const GEMMA: View = { ...APIS.gemini.view, system: "with the user" };
const unthinkingGemini: Partial<Api> = {
  ownWays: { ...UNTHINKING, reasoning: (value) => isHiding(value) || isNoThought(value) },
};
const claudeOnBedrock: Partial<Api> = {
  takes: ["bedrock-claude-v1"],
  ownWays: { ...CLAUDE, ...UNTHINKING },
};

/** Old and new models, and those that take least. */
export const TARGETS: Readonly<Record<DialectId, readonly ConversationTarget[]>> = {
  openai: [
    of("openai", "gpt-4o", {}, { takesMetadata: true }),
    preset("mistral", "mistral-large-latest", { keepsIds: /^[A-Za-z0-9]{9}$/ }),
    preset("groq", "openai/gpt-oss-120b"),
    preset("deepseek", "deepseek-chat"),
  ],
  anthropic: [
    of("anthropic", "claude-3-haiku-20240307", { ownWays: { ...CLAUDE, ...UNTHINKING, ...SMALL } }),
    of("anthropic", "claude-3-7-sonnet-20250219", { ownWays: { ...CLAUDE, ...UNTHINKING } }),
    of(
      "anthropic",
      "claude-sonnet-4-5",
      { ownWays: { ...CLAUDE, ...UNTHINKING } },
      { maxOutputTokens: 64_000 },
    ),
    of("anthropic", "claude-opus-4-8"),
    of("anthropic", "claude-opus-5-5"),
    of("anthropic", "MiniMax-M2", { ownWays: { ...CLAUDE, ...SMALL } }),
  ],
  gemini: [
    of("gemini", "gemini-1.5-flash", unthinkingGemini),
    of("gemini", "gemini-2.5-flash"),
    of("gemini", "gemini-2.5-pro"),
    of("gemini", "gemini-3-pro-preview"),
    of("gemini", "gemma-3-27b-it", { ...unthinkingGemini, view: GEMMA }),
  ],
  ollama: [
    of("ollama", "gpt-oss:20b"),
    of("ollama", "qwen3:8b", {}, { declaredContext: 8192 }),
    of("ollama", "llama3.2"),
  ],
  bedrock: [
    of("bedrock", "anthropic.claude-3-haiku-20240307-v1:0", claudeOnBedrock),
    of("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", claudeOnBedrock, { takesMetadata: true }),
    of("bedrock", "us.anthropic.claude-opus-5-5-v1:0", { ...claudeOnBedrock, ownWays: CLAUDE }),
    of("bedrock", "amazon.nova-pro-v1:0", nova),
    of("bedrock", "us.amazon.nova-2-lite-v1:0", nova),
    of("bedrock", "amazon.titan-text-premier-v1:0", withoutErrors),
    of("bedrock", "openai.gpt-oss-120b-1:0", withoutErrors),
    of("bedrock", "us.openai.gpt-5.6-luna", { ...withoutErrors, takes: ["bedrock-openai-v1"] }),
    of("bedrock", "mistral.pixtral-large-2502-v1:0", { ...withoutErrors, keepsIds: /^[A-Za-z0-9]{9}$/ }),
    of("bedrock", "qwen.qwen3-235b-a22b-2507-v1:0", withoutErrors),
  ],
};
