import { EFFORTS, type Effort } from "../../translate/options.ts";
import { type ModelTraits, traitsOf } from "../anthropic/models.ts";

/** What Bedrock's models differ in; Converse itself is the same for all of them. */
export interface BedrockModel {
  /** How a model of Claude thinks, samples and is forced, here as elsewhere; null = another vendor's. */
  claude: ModelTraits | null;
  /** How another vendor's is asked to reason: `reasoningConfig` (Nova 2), a nested or a flat effort (OpenAI); null = it is not. */
  reasoning: "nova" | "nested" | "flat" | null;
  /** The efforts it knows, weakest first. */
  efforts: readonly Effort[];
  /** Takes `temperature` and `top_p`; of Claude its own table says so. */
  takesSampling: boolean;
  takesStop: boolean;
  /** Takes Nova's `topK`. */
  takesTopK: boolean;
  /** What `toolChoice` can force. */
  forces: "one" | "any" | "nothing";
  /** Whether `outputConfig.textFormat` holds an answer to a schema. */
  takesSchema: boolean;
  /** Whether `strict` holds a tool's arguments to its schema. */
  takesStrict: boolean;
  /** Where a cache point may stand; Nova takes none among its tools. */
  caches: "everywhere" | "not-tools" | "nowhere";
  /** Takes a cache point's `ttl` of an hour. */
  cachesAnHour: boolean;
  /** Takes `status` in a tool's result. */
  takesResultStatus: boolean;
  takesAudio: boolean;
  /** Mistral's models take call ids of exactly nine letters and digits. */
  callIds: "plain" | "nine";
  /** Whose reasoning it takes back; null = nobody's. */
  issuer: string | null;
}

/** The tag of what Claude signed on Bedrock; its signatures are not promised to hold on other platforms. */
export const CLAUDE_ISSUER = "bedrock-claude-v1";
/** The tag of what OpenAI's models encrypted on Bedrock. */
export const OPENAI_ISSUER = "bedrock-openai-v1";

/** What is safe to send to a model of which nothing is known, such as an application inference profile. */
const UNKNOWN: BedrockModel = {
  claude: null,
  reasoning: null,
  efforts: [],
  takesSampling: true,
  takesStop: true,
  takesTopK: false,
  forces: "one",
  takesSchema: false,
  takesStrict: false,
  caches: "nowhere",
  cachesAnHour: false,
  takesResultStatus: false,
  takesAudio: false,
  callIds: "plain",
  issuer: null,
};

/**
 * What Bedrock, and not Claude, decides. `output_config.format` and `strict` are unknown to Bedrock's own copy of the
 * Messages schema for the models from 4.7 on (https://github.com/vercel/ai/pull/15352, measured there), and the answers
 * of Sonnet 4.6 and Haiku 4.5 were seen not to hold. Unconfirmed: whether models that no tool can be forced on, and for
 * which there is no other way, take a schema by now, as
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-structured-outputs.html suggests.
 */
const CLAUDE_WITH_SCHEMAS = /claude-(opus-4-[56]|sonnet-4-5)(?!\d)/;
const CLAUDE_WITH_STRICT = /claude-(opus|sonnet|haiku)-4-[56](?!\d)/;
/** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
const CLAUDE_WITHOUT_CACHE = /claude-(v2|instant|3-(opus|sonnet|haiku)|3-5-sonnet-20240620)/;
const CLAUDE_WITHOUT_HOUR = /claude-(v2|instant|3|(opus|sonnet)-4-(0|1|2025))/;

function claudeOnBedrock(name: string): BedrockModel {
  const claude = traitsOf(name);
  const caches = CLAUDE_WITHOUT_CACHE.test(name) ? "nowhere" : "everywhere";
  return {
    ...UNKNOWN,
    claude,
    forces: claude.forcesTools ? "one" : "nothing",
    takesSchema: CLAUDE_WITH_SCHEMAS.test(name) || !claude.forcesTools,
    takesStrict: CLAUDE_WITH_STRICT.test(name),
    caches,
    cachesAnHour: caches === "everywhere" && !CLAUDE_WITHOUT_HOUR.test(name),
    takesResultStatus: true,
    issuer: CLAUDE_ISSUER,
  };
}

const NOVA: BedrockModel = { ...UNKNOWN, takesTopK: true, caches: "not-tools", takesResultStatus: true };
/** Tools, but no `toolChoice`: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html */
const UNFORCED: BedrockModel = { ...UNKNOWN, forces: "nothing" };
const MISTRAL: BedrockModel = { ...UNKNOWN, forces: "any", callIds: "nine" };
/** "This model doesn't support the stopSequences field", nor temperature and topP. */
const GPT: BedrockModel = {
  ...UNFORCED,
  reasoning: "nested",
  efforts: ["none", "minimal", "low", "medium", "high", "xhigh"],
  takesSampling: false,
  takesStop: false,
  issuer: OPENAI_ISSUER,
};
const GPT_OSS: BedrockModel = {
  ...UNFORCED,
  reasoning: "flat",
  efforts: ["low", "medium", "high"],
  takesSchema: true,
};

/**
 * First match counts. Whose answers `outputConfig.textFormat` holds to a schema is AWS's list:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html. Unconfirmed: that Voxtral alone listens.
 */
const OTHERS: readonly (readonly [RegExp, BedrockModel])[] = [
  [/nova-2-/, { ...NOVA, reasoning: "nova", efforts: ["low", "medium", "high"] }],
  [/nova-/, NOVA],
  [/openai\.gpt-oss/, GPT_OSS],
  [/openai\./, GPT],
  [/mistral\.voxtral/, { ...MISTRAL, takesSchema: true, takesAudio: true }],
  [/mistral\.(magistral|ministral|mistral-large-3)/, { ...MISTRAL, takesSchema: true }],
  [/mistral\.(mistral-large|pixtral)/, MISTRAL],
  [/mistral\./, { ...MISTRAL, forces: "nothing" }],
  [
    /qwen\.qwen3|deepseek\.v3|google\.gemma-3|minimax\.|moonshot|nvidia\.nemotron|zai\.glm-5/,
    { ...UNFORCED, takesSchema: true },
  ],
  [/meta\.|cohere\.|ai21\.|deepseek\.|amazon\.titan|writer\.|qwen\.|zai\.|google\.|nvidia\./, UNFORCED],
];

/** By a model's id, with or without a region before it and a date and version behind it, or an ARN that holds one. */
export function bedrockModel(upstreamModel: string): BedrockModel {
  const name = upstreamModel.toLowerCase();
  if (name.includes("claude")) return claudeOnBedrock(name);
  return OTHERS.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN;
}

/** The effort nearest to the one asked for; of two as near, the weaker. */
export function nearestEffort(asked: Effort, known: readonly Effort[]): Effort {
  const away = (effort: Effort) => Math.abs(EFFORTS.indexOf(effort) - EFFORTS.indexOf(asked));
  return known.reduce((best, effort) => (away(effort) < away(best) ? effort : best), known[0] ?? asked);
}
