import { expect, test } from "bun:test";
import type { Snapshot } from "../gateway/gateway.ts";
import { catalogOf } from "../testing/catalog.ts";
import { policyOf } from "../testing/policy.ts";
import { RememberedSnapshots } from "./remembered.ts";

function snapshot(catalogRevision: string, configRevision: string): Snapshot {
  const catalog = { ...catalogOf([]), revision: catalogRevision };
  const budgets = { defaultOutputTokens: 8192, onLimit: "cut", unknownPrice: "skip" } as const;
  return {
    catalog,
    policy: policyOf(catalog),
    upstreams: new Map(),
    configRevision,
    maxAttempts: 5,
    budgets,
  };
}

test("the last eight are found by both their revisions, the newest of equals, and older ones are let go", () => {
  const remembered = new RememberedSnapshots();
  for (let i = 0; i < 10; i++) remembered.add(snapshot(`c${i}`, "f"));
  const again = snapshot("c9", "f");
  remembered.add(again);
  expect(remembered.at("c9", "f")).toBe(again);
  expect(remembered.at("c2", "f")).not.toBeNull();
  expect(remembered.at("c1", "f")).toBeNull();
  expect(remembered.at("c9", "other")).toBeNull();
});
