import { expect, test } from "bun:test";
import fc from "fast-check";
import { seal, unseal } from "./seal.ts";

const KEY = new Uint8Array(32).fill(7);
const BOUND = { id: "box", origin: "https://api.example.com" };
const SECRETS = { api_key: "sk-canary-grüße" };

test("what was sealed opens again, with nothing of it to be seen, and never the same twice", () => {
  const [one, two] = [seal(KEY, BOUND, SECRETS), seal(KEY, BOUND, SECRETS)];
  expect(unseal(KEY, BOUND, one)).toEqual(SECRETS);
  expect(one).not.toBe(two);
  expect(one.slice(3, 19)).not.toBe(two.slice(3, 19));
  expect(Buffer.from(one.slice(3), "base64url").toString("latin1")).not.toContain("canary");
});

test.each([
  ["another key", new Uint8Array(32).fill(8), BOUND],
  ["another provider", KEY, { ...BOUND, id: "bax" }],
  ["another host", KEY, { ...BOUND, origin: "https://api.example.org" }],
  ["another scheme", KEY, { ...BOUND, origin: "http://api.example.com" }],
  ["another port", KEY, { ...BOUND, origin: "https://api.example.com:444" }],
  ["the same letters, cut elsewhere", KEY, { id: 'box","https:', origin: "//api.example.com" }],
] as const)("%s does not open it", (_, key, bound) => {
  expect(unseal(key, bound, seal(KEY, BOUND, SECRETS))).toBeNull();
});

test("any byte changed, cut off or added is found", () => {
  const bytes = Buffer.from(seal(KEY, BOUND, SECRETS).slice(3), "base64url");
  const opened = (changed: Uint8Array) =>
    unseal(KEY, BOUND, `v1.${Buffer.from(changed).toString("base64url")}`);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ flip;
      expect(opened(changed)).toBeNull();
      expect(opened(bytes.subarray(0, at))).toBeNull();
      expect(opened(Buffer.concat([bytes, Buffer.from([flip])]))).toBeNull();
    }),
  );
  for (const text of ["", "v1.", "v1.AAAA", "v2.AAAA", "null"]) expect(unseal(KEY, BOUND, text)).toBeNull();
});
