import { expect, test } from "bun:test";
import { type Findable, findIn } from "./palette-search.ts";

const named = (...names: string[]) => names.map((name) => ({ id: name, label: name }));
const FINDABLE: Findable = {
  pages: [
    { id: "/", label: "Overview" },
    { id: "/models", label: "Models & aliases" },
  ],
  models: named("gpt-4o", "org/my-model", "model"),
  providers: named("openai"),
  keys: [{ id: "key_7a", label: "build server" }],
  mayRead: true,
};
const found = (text: string, findable = FINDABLE) => findIn(text, findable).map(({ id }) => id);

test("without a text it is the pages", () => {
  expect(found("  ")).toEqual(["/", "/models"]);
});

test.each([
  ["GPT", ["gpt-4o"]],
  ["model", ["model", "/models", "org/my-model"]],
  ["server", ["key_7a"]],
  ["key_7a", ["key_7a"]],
  ["open", ["openai"]],
  ["nothing", []],
  ["req_", []],
])("%j finds %j, what is called so first", (text, ids) => {
  expect(found(text)).toEqual(ids);
});

test("a request is found by its id alone, by who may see it", () => {
  expect(findIn(" req_0a1B2c3D4e5 ", FINDABLE)).toEqual([
    { kind: "request", id: "req_0a1B2c3D4e5", label: "req_0a1B2c3D4e5" },
  ]);
  expect(found("req_0a1B2c3D4e5", { ...FINDABLE, mayRead: false })).toEqual([]);
});

test("of very many the first are shown", () => {
  const models = Array.from({ length: 100 }, (_, n) => ({ id: `m-${n}`, label: `m-${n}` }));
  expect(findIn("m-", { ...FINDABLE, models })).toHaveLength(30);
});
