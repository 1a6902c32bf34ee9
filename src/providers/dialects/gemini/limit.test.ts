import { expect, test } from "bun:test";
import { deepFreeze } from "../../../testing/deep-freeze.ts";
import { encodeChat } from "./chat.ts";

function sent(upstreamModel: string, body: Record<string, unknown>, maxOutputTokens: number | null = null) {
  const request = deepFreeze({ model: "m", messages: [{ role: "user", content: "Hi" }], ...body });
  const target = { upstreamModel, quirks: {}, takesMetadata: false, maxOutputTokens, attachments: new Map() };
  const wire = encodeChat(request, target);
  if ("unsupported" in wire) throw new Error(wire.unsupported);
  const limit = JSON.parse(wire.body).generationConfig?.maxOutputTokens;
  return [limit, wire.dropped];
}

test.each([
  ["gemini-2.5-flash", { max_tokens: 65_535 }, 65_535, []],
  ["gemini-2.5-flash", { max_tokens: 128_000 }, 65_535, ["max_tokens"]],
  ["models/gemini-3-pro-preview", { max_completion_tokens: 128_000 }, 65_535, ["max_completion_tokens"]],
  ["publishers/google/models/gemini-2.0-flash-001", { max_tokens: 16_000 }, 8192, ["max_tokens"]],
  ["gemini-2.5-flash-image", { max_tokens: 65_000 }, 32_768, ["max_tokens"]],
  ["gemini-flash-latest", { max_tokens: 128_000 }, 128_000, []],
  ["tunedModels/mine", { max_tokens: 128_000 }, 128_000, []],
  ["gemini-2.5-flash", {}, undefined, []],
] as const)("%s is asked for no more than it writes: %j", (model, body, limit, dropped) => {
  expect(sent(model, body)).toEqual([limit, [...dropped]]);
});

test("an operator who knows of more is believed, one who knows of less is not", () => {
  expect(sent("gemini-3-pro-preview", { max_tokens: 128_000 }, 100_000)).toEqual([100_000, ["max_tokens"]]);
  expect(sent("gemini-2.5-flash", { max_tokens: 60_000 }, 8192)).toEqual([60_000, []]);
});
