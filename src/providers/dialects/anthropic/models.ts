import { lookUp } from "../../../core/json.ts";
/** What the versions of a model that speaks this API take and refuse. */
export interface ModelTraits {
  /** Tokens it can write at most, thinking included. */
  maxOutputTokens: number;
  /** That figure is a guess on the safe side, and more may be possible. */
  isCeilingGuessed: boolean;
  /** How thinking is asked for: `budget_tokens` or an effort; `none` = it cannot. */
  thinking: "none" | "budget" | "adaptive";
  /** It thinks where nothing is asked. */
  thinksUnasked: boolean;
  /** How it is asked not to think; `never` = it cannot be. */
  thinkingOff: "omit" | "disabled" | "between_tools" | "never";
  /** Takes the effort `xhigh`; otherwise `max` is the next. */
  hasXhigh: boolean;
  /** Which of `temperature`, `top_p` and `top_k` it takes: all, one of the first two beside the third, or none. */
  sampling: "all" | "one_of_two" | "none";
  /** Takes a `tool_choice` that forces a call. */
  forcesTools: boolean;
  /** Has `output_config.format` and strict tools. */
  hasSchemas: boolean;
  /** Goes on from a conversation that ends with the assistant. */
  prefills: boolean;
}

const BUDGET: ModelTraits = {
  maxOutputTokens: 64_000,
  isCeilingGuessed: false,
  thinking: "budget",
  thinksUnasked: false,
  thinkingOff: "omit",
  hasXhigh: false,
  sampling: "all",
  forcesTools: true,
  hasSchemas: false,
  prefills: true,
};
const BEFORE_THINKING: ModelTraits = { ...BUDGET, thinking: "none", maxOutputTokens: 8192 };
const FIRST: ModelTraits = { ...BEFORE_THINKING, maxOutputTokens: 4096 };
const LAST_BUDGET: ModelTraits = { ...BUDGET, sampling: "one_of_two", hasSchemas: true };
const ADAPTIVE: ModelTraits = {
  maxOutputTokens: 128_000,
  isCeilingGuessed: false,
  thinking: "adaptive",
  thinksUnasked: false,
  thinkingOff: "disabled",
  hasXhigh: true,
  sampling: "none",
  forcesTools: true,
  hasSchemas: true,
  prefills: false,
};
const FIRST_ADAPTIVE: ModelTraits = { ...ADAPTIVE, hasXhigh: false, sampling: "one_of_two" };
const ALWAYS_THINKING: ModelTraits = { ...ADAPTIVE, thinksUnasked: true, thinkingOff: "never" };

type Version = readonly [major: number, minor: number, traits: ModelTraits];

/**
 * By model line, newest first; a version that is not in the list is like the next older one. From
 * https://platform.claude.com/docs/en/about-claude/models/overview, …/build-with-claude/adaptive-thinking and
 * …/build-with-claude/structured-outputs; who refuses forced tools, sampling and `disabled` was measured by others
 * (Vercel's `ai` 7, pydantic-ai). Unconfirmed: the ceiling of Sonnet 4.6 (64k in some documents), forcing on Mythos.
 */
const LINES: Readonly<Record<string, readonly Version[]>> = {
  opus: [
    [5, 5, { ...ALWAYS_THINKING, forcesTools: false }],
    [4, 7, ADAPTIVE],
    [4, 6, FIRST_ADAPTIVE],
    [4, 5, LAST_BUDGET],
    [4, 1, { ...BUDGET, maxOutputTokens: 32_000, sampling: "one_of_two" }],
    [4, 0, { ...BUDGET, maxOutputTokens: 32_000 }],
    [0, 0, FIRST],
  ],
  sonnet: [
    [5, 5, { ...ADAPTIVE, thinksUnasked: true, thinkingOff: "between_tools", forcesTools: false }],
    [5, 0, { ...ADAPTIVE, thinksUnasked: true }],
    [4, 6, FIRST_ADAPTIVE],
    [4, 5, LAST_BUDGET],
    [3, 7, BUDGET],
    [3, 5, BEFORE_THINKING],
    [0, 0, FIRST],
  ],
  haiku: [
    [5, 5, { ...ADAPTIVE, thinksUnasked: true }],
    [4, 5, LAST_BUDGET],
    [3, 5, BEFORE_THINKING],
    [0, 0, FIRST],
  ],
  fable: [
    [5, 1, { ...ALWAYS_THINKING, forcesTools: false }],
    [0, 0, ALWAYS_THINKING],
  ],
  mythos: [
    [5, 1, { ...ALWAYS_THINKING, forcesTools: false }],
    [5, 0, ALWAYS_THINKING],
    [0, 0, { ...ALWAYS_THINKING, forcesTools: false }],
  ],
  instant: [[0, 0, FIRST]],
};

/** A line that was not known when this was written: as new as the newest, and assumed able where that helps. */
const UNKNOWN_CLAUDE: ModelTraits = { ...ALWAYS_THINKING, maxOutputTokens: 64_000, isCeilingGuessed: true };
/** Other vendors' models behind an API of Anthropic's form: they follow its older documents. */
const NOT_CLAUDE: ModelTraits = {
  ...BUDGET,
  maxOutputTokens: 4096,
  isCeilingGuessed: true,
  thinkingOff: "disabled",
};

/** `claude-3-5-sonnet…` and `claude-2.1`: the version stands first. */
const VERSION_FIRST = /claude-v?(\d{1,2})(?:[.-](\d{1,2}))?(?!\d)(?:-([a-z]+))?/;
/** `claude-opus-4-20250514`, `claude-sonnet-4.5@20250929`: eight digits are a date, no version. */
const LINE_FIRST = /claude-([a-z]+)(?:-(\d{1,2})(?!\d))?(?:[.-](\d{1,2})(?!\d))?/;

/** Vendor prefixes (`anthropic/`, `us.anthropic.`), dates and suffixes of the name do not matter. */
export function traitsOf(upstreamModel: string): ModelTraits {
  const name = upstreamModel.toLowerCase();
  const first = VERSION_FIRST.exec(name);
  if (first) return versionOf(first[3] ?? "instant", Number(first[1]), Number(first[2] ?? 0));
  const line = LINE_FIRST.exec(name);
  if (line) return versionOf(line[1] ?? "", Number(line[2] ?? 0), Number(line[3] ?? 0));
  return NOT_CLAUDE;
}

function versionOf(line: string, major: number, minor: number): ModelTraits {
  const found = lookUp(LINES, line)?.find(([m, n]) => major > m || (major === m && minor >= n));
  return found?.[2] ?? UNKNOWN_CLAUDE;
}
