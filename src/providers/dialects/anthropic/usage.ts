import { isObject, type JsonObject, tokenCount } from "../../../core/json.ts";
import type { Usage } from "../../../core/usage.ts";

/**
 * Adds up nothing: Anthropic's counts are cumulative, and the last one told of each counts, also where the end of a
 * stream corrects its start. `input_tokens` is without what the cache gave or took; `output_tokens` is with thinking.
 * https://platform.claude.com/docs/en/build-with-claude/streaming#event-types
 */
export class UsageTally {
  private readonly told: JsonObject = {};

  add(raw: unknown): void {
    if (!isObject(raw)) return;
    for (const [name, value] of Object.entries(raw)) if (value !== null) this.told[name] = value;
  }

  /** Null unless both totals are there: a figure we cannot trust is not told. */
  get usage(): Usage | null {
    const { told } = this;
    const input = tokenCount(told.input_tokens);
    const written = tokenCount(told.output_tokens);
    if (input === null || written === null) return null;
    const details = isObject(told.output_tokens_details) ? told.output_tokens_details : {};
    const reasoning = Math.min(written, tokenCount(details.thinking_tokens) ?? 0);
    return {
      input,
      cachedRead: tokenCount(told.cache_read_input_tokens) ?? 0,
      cacheWrite: tokenCount(told.cache_creation_input_tokens) ?? writtenByLifetime(told.cache_creation),
      output: written - reasoning,
      reasoning,
    };
  }

  /** OpenAI's word for the tier that served; null = not told. */
  get serviceTier(): string | null {
    const tier = this.told.service_tier;
    return tier === "standard" ? "default" : typeof tier === "string" ? tier : null;
  }
}

function writtenByLifetime(raw: unknown): number {
  if (!isObject(raw)) return 0;
  return (tokenCount(raw.ephemeral_5m_input_tokens) ?? 0) + (tokenCount(raw.ephemeral_1h_input_tokens) ?? 0);
}
