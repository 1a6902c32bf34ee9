import { expect, test } from "bun:test";
import type { Capability } from "../../../core/deployment.ts";
import { agreed, listedCapabilities, toldCapabilities } from "./listed-capabilities.ts";

/** Has, has not; what is in neither was not told. */
test.each<[string, object, Capability[], Capability[]]>([
  [
    "parameters and modalities tell all",
    {
      supported_parameters: ["tools", "structured_outputs", "reasoning"],
      architecture: { input_modalities: ["text", "image", "audio", "file"] },
    },
    ["tools", "json_schema", "reasoning", "vision", "audio", "pdf"],
    [],
  ],
  [
    "JSON mode is no schema",
    { supported_parameters: ["response_format"] },
    [],
    ["tools", "json_schema", "reasoning"],
  ],
  ["features of a host", { supported_features: ["tools"] }, ["tools"], ["json_schema", "reasoning"]],
  ["the older modality", { architecture: { modality: "text+image->text" } }, ["vision"], ["audio", "pdf"]],
  ["an empty list tells nothing", { supported_parameters: [], input_modalities: [] }, [], []],
  [
    "Mistral",
    {
      capabilities: {
        completion_chat: true,
        function_calling: true,
        vision: false,
        audio: false,
        ocr: false,
      },
    },
    ["tools"],
    ["vision", "audio"],
  ],
  ["Fireworks", { supports_image_input: true, supports_tools: false }, ["vision"], ["tools"]],
  ["Moonshot", { supports_image_in: false, supports_reasoning: true }, ["reasoning"], ["vision"]],
  [
    "Cerebras",
    { capabilities: { function_calling: true, structured_outputs: true, vision: false, json_mode: true } },
    ["tools", "json_schema"],
    ["vision"],
  ],
  ["LM Studio", { type: "vlm", capabilities: ["tool_use"] }, ["tools", "vision"], []],
  ["LM Studio's text model", { type: "llm" }, [], ["vision"]],
  [
    "Cohere",
    { endpoints: ["chat"], features: ["tools", "json_schema", "vision"] },
    ["tools", "json_schema", "vision"],
    ["reasoning"],
  ],
  ["features of who knows what", { features: ["completion"] }, [], []],
  [
    "nonsense",
    { capabilities: "tools", supported_parameters: { tools: true }, supports_tools: "yes" },
    [],
    [],
  ],
  ["words of JavaScript", { capabilities: ["constructor", "__proto__", 7, null] }, [], []],
])("%s", (_, item, has, hasNot) => {
  const told = Object.entries(toldCapabilities({ ...item }));
  expect(told.flatMap(([name, value]) => (value ? [name] : [])).sort()).toEqual([...has].sort());
  expect(told.flatMap(([name, value]) => (value ? [] : [name])).sort()).toEqual([...hasNot].sort());
});

test("nothing told is null, a part told leaves the rest open, all told leaves nothing", () => {
  expect(listedCapabilities({})).toEqual({ capabilities: null });
  expect(listedCapabilities({ vision: false, tools: true })).toEqual({
    capabilities: ["tools"],
    untoldCapabilities: ["json_schema", "audio", "pdf", "reasoning"],
  });
  const all = { tools: false, json_schema: true, vision: false, audio: false, pdf: false, reasoning: true };
  expect(listedCapabilities(all)).toEqual({ capabilities: ["json_schema", "reasoning"] });
});

test("of several hosts only what all say counts", () => {
  expect(
    agreed([
      { tools: true, vision: true },
      { tools: true, vision: false },
    ]),
  ).toEqual({ tools: true });
  expect(agreed([{ tools: false }, {}])).toEqual({});
  expect(agreed([])).toEqual({});
});
