import { expect, test } from "bun:test";
import type { Dialect } from "../providers/contract.ts";
import { DIALECTS } from "../providers/dialects/list.ts";
import { providerAt } from "../testing/provider.ts";
import { KnownParams } from "./known-params.ts";

test("a dialect is asked once for each model of a provider, and anew for what a reload made", () => {
  let asked = 0;
  const counting: Dialect = {
    ...DIALECTS.anthropic,
    encodeChat: (body, target) => {
      asked += 1;
      return DIALECTS.anthropic.encodeChat(body, target);
    },
  };
  const known = new KnownParams();
  const upstream = { provider: providerAt("https://one.example/v1"), dialect: counting };
  const first = known.notTakenBy(upstream, "claude-opus-4-5");
  expect(first).toMatchObject({ seed: true });
  const once = asked;
  expect(known.notTakenBy(upstream, "claude-opus-4-5")).toBe(first);
  expect(asked).toBe(once);
  known.notTakenBy(upstream, "claude-3-5-sonnet");
  known.notTakenBy({ ...upstream, provider: { ...upstream.provider } }, "claude-opus-4-5");
  expect(asked).toBe(3 * once);
});
