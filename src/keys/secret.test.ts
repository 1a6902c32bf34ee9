import { expect, test } from "bun:test";
import { canBeBootstrapSecret, looksLikeKey, mintSecret, prefixOf, secretHasher } from "./secret.ts";

test("a minted secret has the promised form, is recognised, and is never the same twice", () => {
  const minted = Array.from({ length: 500 }, mintSecret);
  for (const secret of minted) {
    expect(secret).toMatch(/^neu_live_[0-9A-Za-z]{49}$/);
    expect(looksLikeKey(secret)).toBe(true);
  }
  expect(new Set(minted).size).toBe(500);
});

test("any single character changed is noticed by the checksum", () => {
  const secret = mintSecret();
  for (let at = 9; at < secret.length; at++) {
    const other = secret[at] === "x" ? "y" : "x";
    expect(looksLikeKey(secret.slice(0, at) + other + secret.slice(at + 1))).toBe(false);
  }
});

test("the checksum is the published one: base62 of CRC-32 over all before it", () => {
  const own = mintSecret();
  expect(valueOf(own.slice(-6))).toBe(Bun.hash.crc32(own.slice(0, -6)));
});

function valueOf(text: string): number {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return [...text].reduce((value, digit) => value * 62 + digits.indexOf(digit), 0);
}

test.each([
  ["", false],
  ["neu_live_", false],
  [`neu_live_${"a".repeat(31)}`, false],
  [`neu_live_${"a".repeat(32)}`, true],
  [`neu_live_${"aZ9-_".repeat(20)}`, true],
  [`neu_live_${"a".repeat(503)}`, true],
  [`neu_live_${"a".repeat(504)}`, false],
  [`neu_live_${"a".repeat(31)}/`, false],
  [`neu_live_${"a".repeat(32)}\n`, false],
  [` neu_live_${"a".repeat(32)}`, false],
  [`sk-${"a".repeat(40)}`, false],
])("%p may be brought along: %p", (text, expected) => {
  expect(canBeBootstrapSecret(text)).toBe(expected);
});

test("the hash is HMAC-SHA-256 with the pepper, in base64url, the same every time", () => {
  const hash = secretHasher("Jefe");
  // RFC 4231, test case 2.
  const known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  expect(hash("what do ya want for nothing?")).toBe(Buffer.from(known, "hex").toString("base64url"));
  expect(hash("a")).toBe(hash("a"));
  expect(hash("a")).not.toBe(secretHasher("other")("a"));
});

test("the prefix shows six characters of the secret and no more", () => {
  expect(prefixOf("neu_live_abcdefGHIJKL")).toBe("neu_live_abcdef");
});
