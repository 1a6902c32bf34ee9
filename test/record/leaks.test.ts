import { expect, test } from "bun:test";
import { leaksIn } from "./leaks.ts";

const KEY = "V3ry+Secret/Key=of:Mine?";
const secrets = [
  { name: "OWN_KEY", text: KEY },
  { name: "NO_KEY", text: "none" },
];
const FOUND = ["upstream.json still holds OWN_KEY, or a piece of it"];
const base64 = (text: string) => Buffer.from(text).toString("base64");

test.each([
  ["as it is", `a ${KEY} b`],
  ["a piece of it", `wrong key: V3ry+Secret/K***`],
  ["with escapes", `{"a":"${KEY.replace("/", "\\/")}"}`],
  ["with other escapes", `{"a":"${KEY.replace("V", "\\u0056")}"}`],
  ["in base64", base64(KEY)],
  ["in base64, behind a user's name", `Basic ${base64(`jane:${KEY}`)}`],
  ["in base64, in the middle", base64(`ab${KEY}xyz`)],
  ["in the alphabet of URLs", Buffer.from(`ab${KEY}`).toString("base64url")],
  ["in a URL", `https://x.example/?key=${encodeURIComponent(KEY)}`],
])("a secret is found %s", (_, text) => {
  expect(leaksIn({ "request.json": "{}", "upstream.json": text }, secrets)).toEqual(FOUND);
});

test("anybody's key is found by its looks, and nothing of it is told", () => {
  const found = leaksIn({ "expected.json": "use AKIAIOSFODNN7EXAMPLE" }, secrets);
  expect(found).toEqual(["expected.json still holds what looks like a key"]);
});

test.each([
  "none of the weather in Oslo",
  "V3ry+Secret", // Eleven characters are too few to tell.
  base64("a picture of nothing in particular, long enough to hold anything"),
])("harmless text is let pass: %s", (text) => {
  expect(leaksIn({ "upstream.json": text }, secrets)).toEqual([]);
});
