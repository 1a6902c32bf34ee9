import { expect, test } from "bun:test";
import type { Key } from "../../api-types.ts";
import { bodyOf, changesOf, cloneOf, fieldsOf, NEW_KEY, stateOf } from "./key-fields.ts";

const KEY: Key = {
  ...{ id: "key_1", org_id: "org_default", name: "build", prefix: "neu_live_abcdef", scopes: ["inference"] },
  ...{ allowed_models: ["gpt-4o", "o3"], allowed_providers: null, expires_at: "2027-01-31T23:59:59.000Z" },
  ...{ created_at: "2026-11-01T00:00:00.000Z", last_used_at: null, revoked_at: null, metadata: {} },
  rate_limit: { rpm: 60, tpm: null, max_parallel: 0 },
  budget: {
    ...{ limit_usd: "25.500000000", period: "daily", alert_threshold: 0.9 },
    ...{ spent_usd: "1.000000000", reserved_usd: "0.000000000", resets_at: null },
  },
};

test("a new key with nothing but a name has no limit, no budget and no end", () => {
  expect(bodyOf({ ...NEW_KEY, name: " app " })).toEqual({
    ...{ name: "app", scopes: ["inference"], allowed_models: null, allowed_providers: null },
    ...{ expires_at: null, rate_limit: null, budget: null },
  });
});

test("a clone may do what the key may, under a name of its own, and does not end with it", () => {
  const { name, expires_at, ...rest } = bodyOf(cloneOf(KEY)) as Record<string, unknown>;
  const { name: _, expires_at: __, ...same } = bodyOf(fieldsOf(KEY)) as Record<string, unknown>;
  expect(rest).toEqual(same);
  expect([name, expires_at]).toEqual(["build (copy)", null]);
});

test("a key that is opened and saved unchanged changes nothing", () => {
  expect(changesOf(fieldsOf(KEY), fieldsOf(KEY))).toEqual({});
});

test.each([
  [{ limit: "" }, { budget: null }],
  [{ limit: "30" }, { budget: { limit_usd: "30", period: "daily", alert_threshold: 0.9 } }],
  [{ parallel: "" }, { rate_limit: { rpm: 60, tpm: null, max_parallel: null } }],
  [{ models: " gpt-4o ,, " }, { allowed_models: ["gpt-4o"] }],
  [{ models: "" }, { allowed_models: null }],
])("the change %p is sent as %p and nothing else", (change, body) => {
  const before = fieldsOf(KEY);
  expect(changesOf(before, { ...before, ...change })).toEqual(body);
});

test("a limit of ten dollars keeps its zero", () => {
  const key = { ...KEY, budget: KEY.budget && { ...KEY.budget, limit_usd: "10.000000000" } };
  expect(fieldsOf(key).limit).toBe("10");
});

test("a key is revoked before it is expired", () => {
  const lateMs = Date.parse("2028-01-01T00:00:00Z");
  expect(stateOf(KEY, 0)).toBe("active");
  expect(stateOf(KEY, lateMs)).toBe("expired");
  expect(stateOf({ ...KEY, revoked_at: "2026-12-01T00:00:00.000Z" }, lateMs)).toBe("revoked");
});
