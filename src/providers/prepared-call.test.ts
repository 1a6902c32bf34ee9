import { describe, expect, test } from "bun:test";
import { providerAt } from "../testing/provider.ts";
import { pinned, prepareCall } from "./prepared-call.ts";

const BASE = "https://api.example/v1";
const urlOf = (path: string, model: string, query: Record<string, string> = {}) =>
  prepareCall(providerAt(BASE, { query }), path, model).url.href;

describe("the model is one segment of the path", () => {
  test.each([
    ["gemini-2.5-flash", "gemini-2.5-flash"],
    ["anthropic.claude-3-5-sonnet-v1:0", "anthropic.claude-3-5-sonnet-v1%3A0"],
    ["arn:aws:bedrock:eu-west-1:1:x/y", "arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ax%2Fy"],
    ["a?b#c", "a%3Fb%23c"],
    ["$& $1", "%24%26%20%241"],
    ["..", "%252E%252E"],
    [".", "%252E"],
    ["../../admin", "..%2F..%2Fadmin"],
    ["{model}", "%7Bmodel%7D"],
  ])("%s", (model, segment) => {
    expect(urlOf("/model/{model}/converse", model)).toBe(`${BASE}/model/${segment}/converse`);
  });

  test("also before a query of the dialect's, which stays beside the provider's own", () => {
    const path = "/models/{model}:streamGenerateContent?alt=sse";
    expect(urlOf(path, "m")).toBe(`${BASE}/models/m:streamGenerateContent?alt=sse`);
    expect(urlOf(path, "m", { key: "a b" })).toBe(`${BASE}/models/m:streamGenerateContent?alt=sse&key=a+b`);
  });

  test("and a path without one is left as the dialect wrote it", () => {
    expect(urlOf("/tunedModels/mine:generateContent", "ignored")).toBe(
      `${BASE}/tunedModels/mine:generateContent`,
    );
  });
});

test.each([
  ["https://api.example:8443/a?b=c#d", "10.0.0.1", "https://10.0.0.1:8443/a?b=c"],
  ["http://api.example/a", "::1", "http://[::1]/a"],
  ["http://[::1]:80/a", "::1", "http://[::1]/a"],
])("%s at %s is called as %s", (url, address, called) => {
  const parsed = new URL(url);
  expect(pinned(parsed, parsed.hostname.replace(/^\[|\]$/g, ""), address)).toBe(called);
});
