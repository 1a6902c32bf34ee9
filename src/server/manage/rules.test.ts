import { expect, test } from "bun:test";
import { NO_ORIGINS } from "../../config/origins.ts";
import { catalogOf, deployment } from "../../testing/catalog.ts";
import { jsonOf, manageScene } from "../../testing/manage.ts";
import { ruleOf } from "../../testing/policy.ts";

const scene = await manageScene({
  catalog: catalogOf([deployment("box/gpt")]),
  origins: { ...NO_ORIGINS, rules: new Map([["first", { file: "nyuro.yaml", line: 12 }]]) },
  policy: {
    rules: [
      ruleOf("first", { containsPii: true, needs: ["vision"] }, { deny: "No." }, -5),
      ruleOf("cheap", { maxInputCostNanoUsd: 1_500_000 }, { models: ["gpt"], setParams: { temperature: 0 } }),
      ruleOf("always", {}, { onlyLocal: true }),
    ],
  },
});
const admin = (await scene.keyWith(["admin"])).secret;
const rules = (query = "") => jsonOf(scene.call("GET", `/api/v1/rules${query}`, admin));

test("rules come in the order they are tried, in the words of the file, with what was told and no more", async () => {
  expect(await rules()).toEqual({
    data: [
      {
        ...{ name: "first", priority: -5, when: { needs: ["vision"], contains_pii: true } },
        ...{ then: { deny: "No." }, origin: { file: "nyuro.yaml", line: 12 } },
      },
      {
        name: "cheap",
        priority: 100,
        when: { max_input_cost_usd: "0.001500000" },
        then: { models: ["gpt"], set_params: { temperature: 0 } },
        origin: null,
      },
      { name: "always", priority: 100, when: {}, then: { only_local: true }, origin: null },
    ],
    next_cursor: null,
  });
});

test("pages hold every rule once", async () => {
  const first = await rules("?limit=2");
  const second = await rules(`?limit=2&cursor=${first.next_cursor}`);
  const names = [...first.data, ...second.data].map(({ name }: { name: string }) => name);
  expect(names).toEqual(["first", "cheap", "always"]);
  expect(second.next_cursor).toBeNull();
});

test.each([
  ["another list's", ["providers", "a"]],
  ["before the first", ["rules", -1]],
  ["between two", ["rules", 0.5]],
])("a cursor that is %s is refused", async (_, position) => {
  const cursor = Buffer.from(JSON.stringify(position)).toString("base64url");
  expect((await rules(`?cursor=${cursor}`)).error.param).toBe("cursor");
});
