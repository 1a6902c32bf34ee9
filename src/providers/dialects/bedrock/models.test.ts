import { expect, test } from "bun:test";
import { bedrockModel, CLAUDE_ISSUER, nearestEffort, OPENAI_ISSUER } from "./models.ts";

test.each([
  [
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    { takesSchema: true, takesStrict: true, cachesAnHour: true },
  ],
  ["global.anthropic.claude-opus-4-6-v1", { takesSchema: true, takesStrict: true }],
  ["eu.anthropic.claude-sonnet-4-6", { takesSchema: false, takesStrict: true }],
  ["anthropic.claude-haiku-4-5-20251001-v1:0", { takesSchema: false, takesStrict: true, forces: "one" }],
  ["anthropic.claude-opus-4-8", { takesSchema: false, takesStrict: false, forces: "one" }],
  ["us.anthropic.claude-opus-5", { takesSchema: false, takesStrict: false, forces: "one" }],
  ["us.anthropic.claude-opus-5-5", { takesSchema: true, forces: "nothing" }],
  ["us.anthropic.claude-sonnet-4-20250514-v1:0", { caches: "everywhere", cachesAnHour: false }],
  ["anthropic.claude-3-haiku-20240307-v1:0", { caches: "nowhere", takesResultStatus: true, forces: "one" }],
  ["us.anthropic.claude-3-7-sonnet-20250219-v1:0", { caches: "everywhere", issuer: CLAUDE_ISSUER }],
  [
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-5-20251101-v1:0",
    { takesSchema: true, issuer: CLAUDE_ISSUER },
  ],
  ["us.amazon.nova-2-lite-v1:0", { reasoning: "nova", caches: "not-tools", forces: "one", takesTopK: true }],
  ["amazon.nova-micro-v1:0", { reasoning: null, takesResultStatus: true }],
  ["openai.gpt-oss-120b-1:0", { reasoning: "flat", takesSchema: true, issuer: null, takesStop: true }],
  ["us.openai.gpt-5.6-luna", { reasoning: "nested", issuer: OPENAI_ISSUER, takesStop: false }],
  ["us.meta.llama3-3-70b-instruct-v1:0", { forces: "nothing", claude: null }],
  ["mistral.mistral-large-2402-v1:0", { forces: "any", callIds: "nine" }],
  ["mistral.mixtral-8x7b-instruct-v0:1", { forces: "nothing", callIds: "nine" }],
  ["mistral.voxtral-small-24b-2507", { takesAudio: true }],
  ["qwen.qwen3-235b-a22b-2507-v1:0", { takesSchema: true, forces: "nothing" }],
  ["us.deepseek.r1-v1:0", { takesSchema: false, forces: "nothing" }],
  [
    "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc123",
    { claude: null, issuer: null, caches: "nowhere", takesAudio: false, forces: "one" },
  ],
] as const)("%s", (name, expected) => {
  expect(bedrockModel(name)).toMatchObject(expected);
  expect(bedrockModel(name.toUpperCase())).toEqual(bedrockModel(name));
});

test.each([
  ["max", ["low", "medium", "high"], "high"],
  ["minimal", ["low", "medium", "high"], "low"],
  ["medium", ["low", "high"], "low"],
  ["xhigh", ["minimal", "xhigh"], "xhigh"],
] as const)("of %s, the nearest in %p is %s", (asked, known, expected) => {
  expect(nearestEffort(asked, known)).toBe(expected);
});
