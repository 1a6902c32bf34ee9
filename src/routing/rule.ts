import type { RuleConfig } from "../config/config.ts";
import type { KeywordIndex } from "./keywords.ts";

/** One rule as requests are held against it. */
export interface Rule extends RuleConfig {
  /** Numbers in the keyword index; empty = no condition. */
  anyKeywords: readonly number[];
  allKeywords: readonly number[];
  /** What `set_params` sets the output limit to; null = it does not. */
  outputTokens: number | null;
}

export interface Rules {
  /** By priority. */
  all: readonly Rule[];
  keywords: KeywordIndex;
}
