import { expect, test } from "bun:test";
import { providerAt } from "../../../testing/provider.ts";
import { prepareCall } from "../../prepared-call.ts";
import { pathOf } from "./model-path.ts";

const BASE = "https://api.example/v1beta";

test.each([
  ["gemini-2.5-flash", "/models/gemini-2.5-flash"],
  ["models/gemini-2.5-flash", "/models/gemini-2.5-flash"],
  ["publishers/google/gemini-2.5-flash", "/models/gemini-2.5-flash"],
  ["tunedModels/mine", "/tunedModels/mine"],
  ["x/../../v1/secrets", "/x/%252E%252E/%252E%252E/v1/secrets"],
  ["models/../a?key=b#c", "/models/%252E%252E/a%3Fkey%3Db%23c"],
  ["..", "/models/%252E%252E"],
  ["//other.example/a", "///other.example/a"],
])("%s is called below the provider's address: %s", (model, path) => {
  const { url } = prepareCall(providerAt(BASE), pathOf(model, "generateContent"), model);
  expect(url.href).toBe(`${BASE}${path}:generateContent`);
});
