import { describe, expect, test } from "bun:test";
import { traitsOf } from "./models.ts";

/** name, ceiling, thinking, off, sampling, forces tools, has schemas, prefills */
const MODELS = [
  ["claude-3-haiku-20240307", 4096, "none", "omit", "all", true, false, true],
  ["claude-3-opus-latest", 4096, "none", "omit", "all", true, false, true],
  ["claude-2.1", 4096, "none", "omit", "all", true, false, true],
  ["claude-instant-1.2", 4096, "none", "omit", "all", true, false, true],
  ["claude-3-5-sonnet-20241022", 8192, "none", "omit", "all", true, false, true],
  ["anthropic/claude-3.5-haiku", 8192, "none", "omit", "all", true, false, true],
  ["claude-3-7-sonnet-latest", 64000, "budget", "omit", "all", true, false, true],
  ["claude-sonnet-4-20250514", 64000, "budget", "omit", "all", true, false, true],
  ["claude-sonnet-4-0", 64000, "budget", "omit", "all", true, false, true],
  ["claude-opus-4@20250514", 32000, "budget", "omit", "all", true, false, true],
  ["claude-opus-4-1-20250805", 32000, "budget", "omit", "one_of_two", true, false, true],
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", 64000, "budget", "omit", "one_of_two", true, true, true],
  ["claude-haiku-4-5-20251001", 64000, "budget", "omit", "one_of_two", true, true, true],
  ["claude-opus-4-5", 64000, "budget", "omit", "one_of_two", true, true, true],
  ["anthropic/claude-opus-4.6", 128000, "adaptive", "disabled", "one_of_two", true, true, false],
  ["claude-sonnet-4-6", 128000, "adaptive", "disabled", "one_of_two", true, true, false],
  ["claude-opus-4-7", 128000, "adaptive", "disabled", "none", true, true, false],
  ["claude-opus-4-8[1m]", 128000, "adaptive", "disabled", "none", true, true, false],
  ["claude-opus-5", 128000, "adaptive", "disabled", "none", true, true, false],
  ["claude-opus-5-5", 128000, "adaptive", "never", "none", false, true, false],
  ["claude-opus-7", 128000, "adaptive", "never", "none", false, true, false],
  ["claude-sonnet-5", 128000, "adaptive", "disabled", "none", true, true, false],
  ["claude-sonnet-5-5", 128000, "adaptive", "between_tools", "none", false, true, false],
  ["claude-haiku-5-5", 128000, "adaptive", "disabled", "none", true, true, false],
  ["claude-fable-5", 128000, "adaptive", "never", "none", true, true, false],
  ["claude-fable-5-1", 128000, "adaptive", "never", "none", false, true, false],
  ["claude-mythos-preview", 128000, "adaptive", "never", "none", false, true, false],
  ["claude-epic-1", 64000, "adaptive", "never", "none", true, true, false],
  ["kimi-k3", 4096, "budget", "disabled", "all", true, false, true],
] as const;

describe("what a model takes is known by its name", () => {
  test.each(
    MODELS,
  )("%s", (name, maxOutputTokens, thinking, thinkingOff, sampling, forces, schemas, prefills) => {
    expect(traitsOf(name)).toMatchObject({
      maxOutputTokens,
      thinking,
      thinkingOff,
      sampling,
      forcesTools: forces,
      hasSchemas: schemas,
      prefills,
    });
  });

  test("only newer models take the effort xhigh", () => {
    expect(traitsOf("claude-opus-4-6").hasXhigh).toBe(false);
    expect(traitsOf("claude-opus-4-7").hasXhigh).toBe(true);
  });
});
