import { describe, expect, test } from "bun:test";
import { EQUIVALENTS } from "./equivalents.ts";
import { canonicalNameOf, equivalentsOf } from "./names.ts";
import { isVendor, splitSlug } from "./vendors.ts";

describe("the canonical name of", () => {
  test.each([
    ["gpt-4o-mini", "gpt-4o-mini"],
    ["openai/gpt-4o-mini", "gpt-4o-mini"],
    ["gpt-4o-mini-2024-07-18", "gpt-4o-mini"],
    ["openai/gpt-4o-mini-2024-07-18", "gpt-4o-mini"],
    ["anthropic/claude-3.5-sonnet", "claude-3-5-sonnet"],
    ["claude-3-5-sonnet-20241022", "claude-3-5-sonnet"],
    ["meta-llama/Llama-3.3-70B-Instruct", "llama-3.3-70b-instruct"],
    ["accounts/fireworks/models/llama-v3p3-70b-instruct", "llama-3.3-70b-instruct"],
    ["accounts/fireworks/models/some-new-model", "some-new-model"],
    ["models/gemini-2.5-flash", "gemini-2.5-flash"],
    ["Qwen/Qwen3-14B", "Qwen3-14B"],
    ["llama3.1:latest", "llama3.1"],
    ["llama3.1:8b", "llama3.1"],
    ["llama3.1:70b", "llama3.1:70b"],
    ["gpt-oss:20b", "gpt-oss-20b"],
  ])("%s is %s", (upstream, canonical) => expect(canonicalNameOf(upstream)).toBe(canonical));

  test.each([
    ["an older snapshot", "gpt-4o-2024-05-13"],
    ["an older snapshot of Claude", "claude-3-5-sonnet-20240620"],
    ["another quantization", "Llama-3.3-70B-Instruct-Turbo"],
    ["another case that no table names", "GPT-4O"],
    ["an organization that is no vendor", "somebody/my-finetune"],
    ["a file", "/models/llama-3.gguf"],
    ["a repository of Ollama's", "hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M"],
    ["a vendor without a model", "openai/"],
    ["nothing but a tag", ":latest"],
    ["nothing", ""],
  ])("%s is itself", (_, name) => expect(canonicalNameOf(name)).toBe(name));
});

test("canonical names are canonical themselves", () => {
  for (const [canonical, ...others] of EQUIVALENTS) {
    expect(canonicalNameOf(canonical)).toBe(canonical);
    for (const other of others) expect(canonicalNameOf(other)).toBe(canonical);
  }
});

test("no name is declared twice, or with a vendor", () => {
  const names = EQUIVALENTS.flat();
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => name.includes("/") || name.endsWith(":latest"))).toEqual([]);
});

test("equivalents come with the canonical one first", () => {
  expect(equivalentsOf("claude-3.5-sonnet")[0]).toBe("claude-3-5-sonnet");
  expect(equivalentsOf("nobody-knows")).toEqual(["nobody-knows"]);
});

test("vendors are known whatever their case, and only by their whole name", () => {
  for (const vendor of ["openai", "Qwen", "meta-llama", "MiniMaxAI", "x-ai"])
    expect(isVendor(vendor)).toBe(true);
  for (const other of ["", "open", "openai ", "my-vps", "constructor"]) expect(isVendor(other)).toBe(false);
  expect(splitSlug("Qwen/Qwen3-14B")).toEqual({ vendor: "qwen", name: "Qwen3-14B" });
  expect(splitSlug("my-vps/llama3.1")).toEqual({ vendor: null, name: "my-vps/llama3.1" });
});
