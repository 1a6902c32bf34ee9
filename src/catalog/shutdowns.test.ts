import { expect, test } from "bun:test";
import { canonicalNameOf } from "./names.ts";
import { deprecationOf, knownShutdowns } from "./shutdowns.ts";

test("every name is there once for its provider, canonical, with a day of the calendar", () => {
  const rows = knownShutdowns();
  expect(new Set(rows.map(([priceId, name]) => `${priceId}/${name}`)).size).toBe(rows.length);
  expect(rows.filter(([, name]) => canonicalNameOf(name) !== name)).toEqual([]);
  for (const [, , day] of rows) expect(new Date(`${day}T00:00:00Z`).toJSON().slice(0, 10)).toBe(day);
});

test.each<[string, string, string | null | undefined]>([
  ["openai", "gpt-4o", "2027-01-14"],
  ["openai", "gpt-4o-2024-08-06", "2027-01-14"],
  ["openai", "gpt-5.4", undefined],
  ["anthropic", "claude-3-5-sonnet-20241022", "2025-10-28"],
  ["azure", "gpt-4o", undefined],
  ["openrouter", "openai/gpt-4o", undefined],
  ["mistral", "mistral-tiny", null],
  ["nobody", "gpt-4o", undefined],
  ["constructor", "constructor", undefined],
])("%s ends %s on %p", (priceId, upstream, shutdownDate) => {
  expect(deprecationOf(priceId, upstream)).toEqual(shutdownDate === undefined ? null : { shutdownDate });
});
