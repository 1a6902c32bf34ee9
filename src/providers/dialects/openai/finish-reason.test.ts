import { expect, test } from "bun:test";
import { finishReasonOf, isFailure } from "./finish-reason.ts";

test.each([
  ["stop", "stop"],
  ["length", "length"],
  ["tool_calls", "tool_calls"],
  ["content_filter", "content_filter"],
  ["function_call", "function_call"],
  ["STOP", "stop"],
  ["eos", "stop"],
  ["stop_sequence", "stop"],
  ["completed", "stop"],
  ["a word of next year", "stop"],
  ["", "stop"],
  ["MAX_TOKENS", "length"],
  ["model_length", "length"],
  ["insufficient_system_resource", "length"],
  ["tool_use", "tool_calls"],
  ["SAFETY", "content_filter"],
  ["sensitive", "content_filter"],
  ["constructor", "stop"],
])("%p is %p", (raw, unified) => expect(finishReasonOf(raw, false)).toBe(unified));

test("after tool calls an end is theirs, a limit or a filter is not", () => {
  for (const raw of ["stop", "STOP", "eos", "", "tool_calls"])
    expect(finishReasonOf(raw, true)).toBe("tool_calls");
  expect(finishReasonOf("length", true)).toBe("length");
  expect(finishReasonOf("content_filter", true)).toBe("content_filter");
});

test("only what broke off is a failure", () => {
  for (const raw of ["error", "network_error"]) expect(isFailure(raw)).toBe(true);
  for (const raw of ["stop", "", null, undefined, "length", {}]) expect(isFailure(raw)).toBe(false);
});
