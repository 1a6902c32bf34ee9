import { describe, expect, test } from "bun:test";
import { ToolIds } from "./tool-ids.ts";

describe("tool ids", () => {
  test("Anthropic's own stay as they are, in any order of results", () => {
    const ids = new ToolIds();
    expect(["toolu_1", "toolu_2"].map((id) => ids.ofCall(id))).toEqual(["toolu_1", "toolu_2"]);
    expect(["toolu_2", "toolu_1"].map((id) => ids.ofResult(id))).toEqual(["toolu_2", "toolu_1"]);
  });

  test("those of other providers become valid, and results follow their call", () => {
    const ids = new ToolIds();
    expect(ids.ofCall("functions.search:0")).toBe("functions_search_0");
    expect(ids.ofCall("functions_search:0")).toBe("functions_search_0_2");
    expect(ids.ofResult("functions_search:0")).toBe("functions_search_0_2");
    expect(ids.ofResult("functions.search:0")).toBe("functions_search_0");
  });

  test("one that repeats is another call each time", () => {
    const ids = new ToolIds();
    expect(ids.ofCall("call_0")).toBe("call_0");
    expect(ids.ofResult("call_0")).toBe("call_0");
    expect(ids.ofCall("call_0")).toBe("call_0_2");
    expect(ids.ofResult("call_0")).toBe("call_0_2");
    expect(ids.ofCall("call_0_2")).toBe("call_0_2_2");
  });

  test("empty ones are told apart by their order", () => {
    const ids = new ToolIds();
    expect(["", ""].map((id) => ids.ofCall(id))).toEqual(["call", "call_2"]);
    expect(["", ""].map((id) => ids.ofResult(id))).toEqual(["call", "call_2"]);
  });

  test("a result without a call keeps its id as far as it can", () => {
    const ids = new ToolIds();
    expect(ids.ofResult("call_9")).toBe("call_9");
    expect(ids.ofResult("call.9")).toBe("call_9");
  });
});
