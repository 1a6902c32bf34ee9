import { expect, test } from "bun:test";
import { environmentToStartAgain } from "./runtime-environment.ts";

const MAX_CALLS = "BUN_CONFIG_MAX_HTTP_REQUESTS";

test.each([
  [{ [MAX_CALLS]: "9", A: "b" }, null],
  [{ [MAX_CALLS]: "9", HTTP_PROXY: "" }, null],
  [{ A: "b" }, { A: "b", [MAX_CALLS]: "20000" }],
  [{ [MAX_CALLS]: "" }, { [MAX_CALLS]: "20000" }],
  [
    { [MAX_CALLS]: "9", HTTP_PROXY: "p", https_proxy: "p", NO_PROXY: "n" },
    { [MAX_CALLS]: "9", NO_PROXY: "n" },
  ],
])("what the runtime reads before us is put right, and once is enough: %j", (env, again) => {
  expect(environmentToStartAgain(env)).toEqual(again);
  if (again) expect(environmentToStartAgain(again)).toBeNull();
});
