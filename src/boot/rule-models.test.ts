import { expect, test } from "bun:test";
import { catalogOf, deployment } from "../testing/catalog.ts";
import { ruleOf } from "../testing/policy.ts";
import { unknownModels } from "./rule-models.ts";

const catalog = catalogOf([deployment("box/llama3.1"), deployment("alpha/gpt-4o")], { fast: ["gpt-4o"] }, [
  "openai",
]);
const problems = (model: string, someAreUnheard = false) =>
  unknownModels([ruleOf("r", {}, { models: ["fast", model] })], catalog, someAreUnheard);

test.each([
  "gpt-4o",
  "openai/gpt-4o",
  "openai/gpt-4o:floor",
  "box/llama3.1",
  "fast:nitro",
  "auto",
  "openrouter/auto",
  "strategy:local",
  "industry:legal",
  "claude-3-5-sonnet",
])("%s may stand in a rule", (model) => expect(problems(model)).toEqual([]));

test("a name that no model can have is told with its rule and place, and the nearest name", () => {
  expect(problems("gpt-9-nope")).toEqual([
    'rule "r": then.models[1] names no model that is known here; did you mean gpt-4o?',
  ]);
  expect(problems("box/nope")).toHaveLength(1);
});

test("while a provider has not told its models, only a mistyped form is surely wrong", () => {
  expect(problems("gpt-9-nope", true)).toEqual([]);
  expect(problems("strategy:cheap", true)).toHaveLength(1);
  expect(problems("industry:law", true)).toHaveLength(1);
});
