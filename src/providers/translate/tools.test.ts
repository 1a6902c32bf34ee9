import { describe, expect, test } from "bun:test";
import { deepFreeze } from "../../testing/deep-freeze.ts";
import { DIALECTS } from "../dialects/list.ts";

const MODELS = {
  anthropic: "claude-sonnet-4-5",
  gemini: "gemini-2.5-flash",
  ollama: "qwen3:8b",
  bedrock: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
} as const;
const tool = (name: string) => ({ type: "function", function: { name, parameters: { type: "object" } } });

describe.each(Object.entries(MODELS))("%s: of the allowed tools", (id, upstreamModel) => {
  const dialect = DIALECTS[id as keyof typeof MODELS];
  const target = { upstreamModel, quirks: {}, takesMetadata: false, maxOutputTokens: null };
  const encoded = (mode: string, names: readonly string[]) => {
    const allowed_tools = { mode, tools: names.map(tool) };
    const request = {
      messages: [{ role: "user", content: "Hi" }],
      tools: [tool("one"), tool("two")],
      tool_choice: { type: "allowed_tools", allowed_tools },
    };
    return dialect.encodeChat(deepFreeze(request), { ...target, attachments: new Map() });
  };

  test("one must be called, so that none of them is refused and not passed over", () => {
    expect(encoded("required", ["three"])).toMatchObject({ unsupported: "tool_choice" });
    expect(encoded("required", [])).toMatchObject({ unsupported: "tool_choice" });
  });

  test("none may be called where none is left", () => {
    const wire = encoded("auto", ["three"]);
    expect("unsupported" in wire ? wire : wire.body).not.toContain("one");
  });

  test("only those are sent", () => {
    const wire = encoded("required", ["two"]);
    const body = "unsupported" in wire ? wire.why : wire.body;
    expect(body).toContain('"two"');
    expect(body).not.toContain('"one"');
  });
});
