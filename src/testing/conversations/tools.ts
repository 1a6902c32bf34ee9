import fc from "fast-check";
import type { JsonObject } from "../../core/json.ts";
import { objectSchemas, oddSchemas } from "./json-schemas.ts";
import { mixed } from "./mixed.ts";
import { marks } from "./parts.ts";
import { texts, toolNames } from "./texts.ts";

const parameters: fc.Arbitrary<JsonObject> = mixed(
  [8, objectSchemas.map((it) => ({ parameters: it }))],
  [1, fc.constant({})],
  [1, oddSchemas.map((it) => ({ parameters: it }))],
);

const tool = (name: string): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(
      parameters,
      fc.option(texts, { nil: undefined }),
      fc.constantFrom(undefined, undefined, false, true, null),
      marks,
    )
    .map(([told, description, strict, mark]) => ({
      type: "function",
      function: {
        name,
        ...(description === undefined ? {} : { description }),
        ...told,
        ...(strict === undefined ? {} : { strict }),
      },
      ...mark,
    }));

const named = (name: string) => ({ type: "function", function: { name } });

function choices(names: readonly string[]): fc.Arbitrary<JsonObject> {
  if (names.length === 0)
    return fc.constantFrom<JsonObject>(
      {},
      {},
      { tools: [] },
      { tool_choice: "none" },
      { tool_choice: "auto" },
    );
  return mixed(
    [5, fc.constantFrom<JsonObject>({}, { tool_choice: "auto" }, { tool_choice: null })],
    [2, fc.constantFrom<JsonObject>({ tool_choice: "none" }, { tool_choice: "required" })],
    [2, fc.constantFrom(...names).map((name): JsonObject => ({ tool_choice: named(name) }))],
    [
      1,
      fc.tuple(fc.constantFrom("auto", "required"), fc.subarray([...names], { minLength: 1 })).map(
        ([mode, some]): JsonObject => ({
          tool_choice: { type: "allowed_tools", allowed_tools: { mode, tools: some.map(named) } },
        }),
      ),
    ],
  );
}

const parallel = fc.constantFrom<JsonObject>(
  {},
  {},
  { parallel_tool_calls: true },
  { parallel_tool_calls: false },
);

/** `tools`, `tool_choice` and `parallel_tool_calls`: none mostly, some, or up to twenty. */
export const toolboxes: fc.Arbitrary<JsonObject> = mixed<string[]>(
  [4, fc.constant<string[]>([])],
  [5, fc.uniqueArray(toolNames, { minLength: 1, maxLength: 4 })],
  [0.3, fc.uniqueArray(toolNames, { minLength: 5, maxLength: 20 })],
)
  .chain((names) => fc.tuple(fc.tuple(...names.map(tool)), choices(names), parallel))
  .map(([tools, choice, together]) => ({ ...(tools.length > 0 ? { tools, ...together } : {}), ...choice }));

/** Every `response_format`; mostly none. */
export const formats: fc.Arbitrary<JsonObject> = mixed(
  [8, fc.constantFrom<JsonObject>({}, {}, { response_format: { type: "text" } })],
  [1, fc.constant<JsonObject>({ response_format: { type: "json_object" } })],
  [
    2,
    fc
      .tuple(mixed([6, objectSchemas], [2, oddSchemas]), toolNames, fc.constantFrom(undefined, false, true))
      .map(([schema, name, strict]) => ({
        response_format: {
          type: "json_schema",
          json_schema: { name, schema, ...(strict === undefined ? {} : { strict }) },
        },
      })),
  ],
);
