import { expect, test } from "bun:test";
import { ToolDeltas } from "./tool-deltas.ts";

const first = (index: unknown, id: unknown, name: unknown, text: unknown = "", rest = {}) => ({
  ...(index === undefined ? {} : { index }),
  id,
  type: "function",
  ...rest,
  function: { name, arguments: text },
});
const more = (index: number, text: string) => ({ index, function: { arguments: text } });

/** Each row: deltas as a server sent them, one list an event; what must leave, null = as it came. */
const rows: [string, unknown[][], (unknown[] | null)[]][] = [
  ["the contract", [[first(0, "a", "f")], [more(0, "{}")], [first(1, "b", "g")]], [null, null, null]],
  ["an empty list", [[]], [null]],
  ["null among the deltas", [[null, first(0, "a", "f")]], [[first(0, "a", "f")]]],
  [
    "null identity in what follows",
    [[first(0, "a", "f")], [{ index: 0, id: null, type: null, function: { name: null, arguments: "x" } }]],
    [null, [more(0, "x")]],
  ],
  [
    "a new id in every delta of one index",
    [[first(0, "a", "f")], [first(0, "b", "", "x")]],
    [null, [more(0, "x")]],
  ],
  [
    "a name given twice without id",
    [[first(0, "a", "f")], [first(0, null, "f", "x")]],
    [null, [more(0, "x")]],
  ],
  ["a second call without name", [[first(0, "a", "f")], [first(1, "b", "")]], [null, null]],
  ["indexes from 1", [[first(1, "a", "f")], [more(1, "x")]], [[first(0, "a", "f")], [more(0, "x")]]],
  ["a text index", [[first("0", "a", "f")]], [[first(0, "a", "f")]]],
  ["no type", [[first(0, "a", "f", "", { type: undefined })]], [[first(0, "a", "f")]]],
  [
    "no arguments",
    [[{ index: 0, id: "a", type: "function", function: { name: "f" } }]],
    [[first(0, "a", "f", "")]],
  ],
  ["arguments as an object", [[first(0, "a", "f", { x: 1 })]], [[first(0, "a", "f", '{"x":1}')]]],
  ["no function at all", [[{ index: 0, id: "a", type: "function" }]], [[first(0, "a", "", "")]]],
  [
    "no id",
    [[first(0, null, "f")], [first(1, "", "g")]],
    [[first(0, "call_s_0", "f")], [first(1, "call_s_1", "g")]],
  ],
  ["a type of its own", [[first(0, "a", "$web", "", { type: "builtin_function" })]], [null]],
  [
    "custom tools",
    [
      [{ index: 0, id: "a", type: "custom", custom: { name: "f", input: "" } }],
      [{ index: 0, custom: { input: "x" } }],
      [{ index: 0, id: null, custom: { input: "y" } }],
    ],
    [null, null, [{ index: 0, custom: { input: "y" } }]],
  ],
  [
    "fields of the provider's own",
    [
      [first(1, "a", "f", "", { extra_content: { sig: "s" } })],
      [{ index: 1, id: null, extra: 1, function: { arguments: "x" } }],
    ],
    [[first(0, "a", "f", "", { extra_content: { sig: "s" } })], [{ ...more(0, "x"), extra: 1 }]],
  ],
  [
    "whole calls under one index",
    [[first(0, "", "f", '{"a":1}')], [first(0, "", "f", '{"a":2}')]],
    [[first(0, "call_s_0", "f", '{"a":1}')], [first(1, "call_s_1", "f", '{"a":2}')]],
  ],
  [
    "one index for calls that are told apart by id",
    [[first(0, "a", "f", "1")], [more(0, "2")], [first(0, "b", "g", "3")], [more(0, "4")]],
    [null, null, [first(1, "b", "g", "3")], [more(1, "4")]],
  ],
  [
    "interleaved calls",
    [
      [first(0, "a", "f"), first(1, "b", "g")],
      [more(1, "x"), more(0, "y")],
    ],
    [null, null],
  ],
  ["what follows before anything began", [[more(0, "x")]], [[first(0, "call_s_0", "", "x")]]],
];

test.each(rows)("%s", (_, events, expected) => {
  const tools = new ToolDeltas("s");
  const before = structuredClone(events);
  expect(events.map((deltas) => tools.repair(deltas))).toEqual(expected as never);
  expect(events).toEqual(before);
});

test("calls without arguments are completed once, custom tools are not", () => {
  const tools = new ToolDeltas("s");
  expect(tools.hasCalls).toBe(false);
  tools.repair([first(0, "a", "f"), first(1, "b", "g", "{"), first(2, "c", "h", " ")]);
  tools.repair([{ index: 3, id: "d", type: "custom", custom: { name: "k", input: "" } }]);
  tools.repair([more(1, "}")]);
  expect(tools.hasCalls).toBe(true);
  expect(tools.takeMissingArguments()).toEqual([more(0, "{}"), more(2, "{}")]);
  expect(tools.takeMissingArguments()).toEqual([]);
});
