import { describe, expect, test } from "bun:test";
import { deepFreeze } from "../../../testing/deep-freeze.ts";
import { readOptions } from "../../translate/options.ts";
import { readTools } from "../../translate/tools.ts";
import { CacheMarks } from "./cache-marks.ts";
import { traitsOf } from "./models.ts";
import { type EncodedTools, encodeTools } from "./tools.ts";

const closed = (properties: Record<string, unknown>) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const tool = (name: string, parameters: unknown = closed({ a: { type: "string" } }), strict = false) => ({
  type: "function",
  function: { name, parameters, strict },
});
const schema = (told: unknown) => ({
  response_format: { type: "json_schema", json_schema: { name: "x", schema: told, strict: true } },
});

function encode(body: Record<string, unknown>, model = "claude-sonnet-4-5"): EncodedTools {
  const box = readTools(deepFreeze(body));
  if ("unsupported" in box) throw new Error(box.why);
  const encoded = encodeTools(box, readOptions(body).format, traitsOf(model), new CacheMarks(), []);
  if ("unsupported" in encoded) throw new Error(encoded.unsupported);
  return encoded;
}

describe("the choice among tools", () => {
  test.each([
    [{}, undefined, false],
    [{ tool_choice: "auto" }, undefined, false],
    [{ parallel_tool_calls: true }, undefined, false],
    [{ parallel_tool_calls: false }, { type: "auto", disable_parallel_tool_use: true }, false],
    [{ tool_choice: "none", parallel_tool_calls: false }, { type: "none" }, false],
    [{ tool_choice: "required" }, { type: "any" }, true],
    [
      { tool_choice: "required", parallel_tool_calls: false },
      { type: "any", disable_parallel_tool_use: true },
      true,
    ],
    [{ tool_choice: { type: "function", function: { name: "one" } } }, { type: "tool", name: "one" }, true],
  ])("%j", (asked, choice, isForced) => {
    const encoded = encode({ tools: [tool("one"), tool("two")], ...asked });
    expect<unknown>(encoded.choice).toEqual(choice);
    expect(encoded.isForced).toBe(isForced);
    expect(encoded.tools.map(({ name }) => name)).toEqual(["one", "two"]);
  });

  test("without tools there is none", () => {
    expect(encode({ tool_choice: "required", parallel_tool_calls: false })).toEqual({
      tools: [],
      isForced: false,
      dropped: [],
      added: [],
    });
  });

  test("allowed tools are all that the model sees", () => {
    const allowed = { mode: "required", tools: [{ type: "function", function: { name: "two" } }] };
    const encoded = encode({
      tools: [tool("one"), tool("two")],
      tool_choice: { type: "allowed_tools", allowed_tools: allowed },
    });
    expect(encoded).toMatchObject({ tools: [{ name: "two" }], choice: { type: "any" } });
  });
});

describe("strict tools", () => {
  const limited = closed({ a: { type: "integer", minimum: 1 } });

  test("are strict where the model has it, and what is not enforced is named", () => {
    const encoded = encode({ tools: [tool("one", limited, true), tool("two", limited)] });
    const told = closed({ a: { type: "integer", description: "{minimum: 1}" } });
    expect(encoded.tools).toEqual([
      { name: "one", input_schema: told, strict: true },
      { name: "two", input_schema: limited },
    ]);
    expect(encoded.dropped).toEqual(["tools.parameters.minimum"]);
  });

  test.each([
    ["where the model has it not", "claude-sonnet-4-20250514", limited],
    ["where the schema does not fit", "claude-sonnet-4-5", { type: "object", additionalProperties: {} }],
  ])("are ordinary ones, and named, %s", (_, model, parameters) => {
    const encoded = encode({ tools: [tool("one", parameters, true)] }, model);
    expect(encoded.tools[0]).not.toHaveProperty("strict");
    expect(encoded.tools[0]?.input_schema).toMatchObject(parameters);
    expect(encoded.dropped).toEqual(["tools.strict"]);
  });

  test("no more of them are strict than the API takes", () => {
    const tools = Array.from({ length: 22 }, (_, at) => tool(`t${at}`, limited, true));
    expect(encode({ tools }).tools.filter(({ strict }) => strict).length).toBe(20);
    const optional = (count: number) => {
      const { required: _, ...open } = closed(
        Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, { type: "string" }])),
      );
      return open;
    };
    const many = encode({ tools: [tool("a", optional(20), true), tool("b", optional(5), true)] });
    expect(many.tools.map(({ strict }) => strict)).toEqual([true, undefined]);
    expect(encode(schema(optional(24))).format).toBeDefined();
    expect(encode(schema(optional(25)))).toMatchObject({ reading: { toolAsContent: "json_answer" } });
  });
});

describe("a tool that stands in for the answer", () => {
  const format = { response_format: { type: "json_object" } };

  test("has a name that no other tool has", () => {
    const encoded = encode({ ...format, tools: [tool("json_answer"), tool("json_answer_2")] });
    expect(encoded.reading).toEqual({ toolAsContent: "json_answer_3" });
    expect(encoded.tools.map(({ name }) => name)).toEqual(["json_answer", "json_answer_2", "json_answer_3"]);
  });

  test("is the only one that may be called where the caller wants no calls", () => {
    const encoded = encode({ ...format, tools: [tool("one")], tool_choice: "none" });
    expect(encoded.choice).toEqual({ type: "tool", name: "json_answer", disable_parallel_tool_use: true });
  });

  test("is not needed where a tool must be called by name", () => {
    const choice = { type: "function", function: { name: "one" } };
    const encoded = encode({ ...format, tools: [tool("one")], tool_choice: choice });
    expect(encoded).toMatchObject({ choice: { type: "tool", name: "one" }, tools: [{ name: "one" }] });
    expect(encoded.reading).toBeUndefined();
  });
});
