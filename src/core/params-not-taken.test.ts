import { expect, test } from "bun:test";
import type { JsonObject } from "./json.ts";
import { notTakenOf, type ParamsNotTaken } from "./params-not-taken.ts";

const PARAMS: ParamsNotTaken = {
  seed: true,
  n: true,
  logprobs: true,
  stop: true,
  logit_bias: true,
  tool_choice: ["required", "function"],
  parallel_tool_calls: ["false"],
  response_format: ["json_schema"],
  modalities: ["audio"],
};

test.each<[JsonObject, string[]]>([
  [{}, []],
  [{ temperature: 0, seed: 0 }, ["seed"]],
  [{ seed: null, stop: undefined }, []],
  [{ n: 1, logprobs: false, stop: [], logit_bias: {} }, []],
  [{ n: 2, logprobs: true, stop: "END", logit_bias: { 1: 2 } }, ["n", "logprobs", "stop", "logit_bias"]],
  [{ tool_choice: "auto", parallel_tool_calls: true, response_format: { type: "text" } }, []],
  [{ tool_choice: "required" }, ["tool_choice"]],
  [{ tool_choice: { type: { toString: 1 } }, modalities: [[{ type: { toString: 1 } }]] }, []],
  [{ tool_choice: { type: "function", function: { name: "f" } } }, ["tool_choice"]],
  [
    { parallel_tool_calls: false, response_format: { type: "json_schema" } },
    ["parallel_tool_calls", "response_format"],
  ],
  [{ modalities: ["text"] }, []],
  [{ modalities: ["text", "audio"] }, ["modalities"]],
  [{ constructor: 1, toString: 2 }, []],
])("of %j these are missed: %j", (body, missed) => {
  expect(notTakenOf(body, PARAMS)).toEqual(missed);
});
