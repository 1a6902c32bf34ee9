import type { Deprecation } from "../core/deployment.ts";
import { canonicalNameOf } from "./names.ts";
import { findModel } from "./price-data.ts";

type Days = Readonly<Record<string, readonly string[]>>;

/**
 * When providers end models, by the provider's id in the price data, as they announced it; state of November 2026. Each
 * host ends its own: Azure and Bedrock go on serving what the vendor has ended. A provider's own list overrules this.
 */
const SHUTDOWNS: Readonly<Record<string, Days>> = {
  // https://developers.openai.com/api/docs/deprecations
  openai: {
    "2026-02-17": ["chatgpt-4o-latest"],
    "2026-10-23": [
      "gpt-3.5-turbo",
      "gpt-4",
      "gpt-4-1106-preview",
      "gpt-4-turbo",
      "gpt-4.1-nano",
      "gpt-4o-2024-05-13",
      "o1",
      "o3-mini",
      "o4-mini",
    ],
    "2026-12-11": ["gpt-5", "gpt-5-mini", "gpt-5-nano", "o3"],
    "2027-01-14": ["gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-2024-11-20", "gpt-4o-mini"],
    "2027-04-01": ["gpt-5.1", "gpt-5.4-nano"],
  },
  // https://platform.claude.com/docs/en/about-claude/model-deprecations
  anthropic: {
    "2025-07-21": ["claude-2.0", "claude-2.1", "claude-3-sonnet-20240229"],
    "2025-10-28": ["claude-3-5-sonnet", "claude-3-5-sonnet-20240620"],
    "2026-01-05": ["claude-3-opus"],
    "2026-02-19": ["claude-3-5-haiku", "claude-3-7-sonnet"],
    "2026-04-20": ["claude-3-haiku"],
    "2026-06-15": ["claude-opus-4", "claude-sonnet-4"],
    "2026-08-05": ["claude-opus-4-1"],
    "2026-11-30": ["claude-sonnet-4-5"],
  },
  // https://ai.google.dev/gemini-api/docs/deprecations
  google: {
    "2026-06-01": ["gemini-2.0-flash", "gemini-2.0-flash-001"],
    "2026-12-01": ["gemini-2.5-flash", "gemini-2.5-pro"],
  },
  // https://console.groq.com/docs/deprecations
  groq: { "2026-08-16": ["llama-3.1-8b-instant", "llama-3.3-70b-versatile"] },
};

const DAYS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(SHUTDOWNS).map(([priceId, days]) => [
    priceId,
    new Map(Object.entries(days).flatMap(([day, names]) => names.map((name) => [name, day] as const))),
  ]),
);

/** What is known of the end of a provider's model; null = nothing, so that it goes on. */
export function deprecationOf(priceId: string, upstream: string): Deprecation | null {
  const shutdownDate = DAYS.get(priceId)?.get(canonicalNameOf(upstream));
  if (shutdownDate !== undefined) return { shutdownDate };
  return findModel(priceId, upstream)?.deprecated ? { shutdownDate: null } : null;
}

/** Every (provider, model, day) of the table. */
export function knownShutdowns(): readonly (readonly [string, string, string])[] {
  return [...DAYS].flatMap(([priceId, days]) =>
    [...days].map(([name, day]) => [priceId, name, day] as const),
  );
}
