/** The closed lists of words that the config file, the router and the reports share. */
export const INDUSTRIES = [
  "legal",
  "healthcare",
  "finance",
  "code",
  "creative",
  "support",
  "sales",
  "data",
  "education",
  "general",
] as const;
export type Industry = (typeof INDUSTRIES)[number];

/** What the classifier can call a prompt. */
export const TASKS = ["code", "reasoning", "summary", "long_context", "chat"] as const;
export type Task = (typeof TASKS)[number];

export const STRATEGIES = ["cost", "quality", "latency", "local"] as const;
export type Strategy = (typeof STRATEGIES)[number];

export function isStrategy(word: string): word is Strategy {
  return STRATEGIES.some((known) => known === word);
}

export function isIndustry(word: string): word is Industry {
  return INDUSTRIES.some((known) => known === word);
}

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
