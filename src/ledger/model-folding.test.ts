import { expect, test } from "bun:test";
import { canonicalNameOf } from "../catalog/names.ts";
import { ModelFolding } from "./model-folding.ts";

const folding = new ModelFolding(canonicalNameOf, [
  { model: "gpt-4o-mini", upstreamModel: "gpt-4o-mini-2024-07-18" },
  { model: "house", upstreamModel: "gpt-4o" },
  { model: "split", upstreamModel: "split-eu" },
  { model: "split", upstreamModel: "split-us" },
  { model: "claude-haiku-4-5", upstreamModel: "claude-haiku-4-5-20251001" },
  { model: "bare", upstreamModel: null },
  { model: null, upstreamModel: null },
]);

test.each([
  ["as it is", "gpt-4o-mini", "gpt-4o-mini"],
  ["dated", "gpt-4o-mini-2024-07-18", "gpt-4o-mini"],
  ["dated otherwise than ours", "gpt-4o-2024-11-20", "gpt-4o"],
  ["by the catalog's name", "house", "gpt-4o"],
  ["with an @", "claude-haiku-4-5@20251001", "claude-haiku-4-5"],
  ["for people", "Claude Haiku 4.5", "claude-haiku-4-5"],
  ["a catalog name of two upstream ones", "split", "split"],
  ["one of the two", "split-us", "split-us"],
  ["not ours", "o3-2025-04-16", "o3"],
  ["no model", "web search tool calls", "web search tool calls"],
  ["a date in the middle is none", "x-2024-07-18-large", "x-2024-07-18-large"],
  ["none", null, null],
])("their name %s: %p", (_, name, key) => expect(folding.theirs(name)).toBe(key));

test.each([
  [{ model: "house", upstreamModel: "gpt-4o" }, "gpt-4o"],
  [{ model: "bare", upstreamModel: null }, "bare"],
  [{ model: null, upstreamModel: null }, null],
])("our row %p", (row, key) => expect(folding.ours(row)).toBe(key));
