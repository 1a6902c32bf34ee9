import { describe, expect, test } from "bun:test";
import { deepFreeze } from "../../../testing/deep-freeze.ts";
import type { Target } from "../../contract.ts";
import { encodeChat } from "./chat.ts";
import { fullName } from "./model-path.ts";

const TARGET: Target = {
  upstreamModel: "gemini-2.5-flash",
  quirks: {},
  takesMetadata: false,
  maxOutputTokens: null,
  attachments: new Map(),
};
const HELLO = [{ role: "user", content: "Hello." }];

function written(body: Record<string, unknown>, rest: Partial<Target> = {}) {
  const wire = encodeChat(deepFreeze({ model: "m", messages: HELLO, ...body }), { ...TARGET, ...rest });
  if ("unsupported" in wire) throw new Error(wire.unsupported);
  return { ...wire, body: JSON.parse(wire.body) };
}

describe("a call", () => {
  test.each([
    ["gemini-2.5-flash", "/models/{model}:generateContent", "models/gemini-2.5-flash"],
    ["models/gemini-2.5-flash", "/models/gemini-2.5-flash:generateContent", "models/gemini-2.5-flash"],
    ["google/gemini-2.5-flash", "/models/gemini-2.5-flash:generateContent", "models/gemini-2.5-flash"],
    ["publishers/google/models/gemini-x", "/models/gemini-x:generateContent", "models/gemini-x"],
    ["tunedModels/mine", "/tunedModels/mine:generateContent", "tunedModels/mine"],
    ["models/odd name?", "/models/odd%20name%3F:generateContent", "models/odd name?"],
  ])("of %s goes to %s", (upstreamModel, path, full) => {
    expect(written({}, { upstreamModel }).path).toBe(path);
    expect(written({ stream: true }, { upstreamModel }).path).toBe(
      `${path.replace(":generateContent", ":streamGenerateContent")}?alt=sse`,
    );
    expect(fullName(upstreamModel)).toBe(full);
  });

  test("says nothing that was not asked, and not which model", () => {
    expect(written({})).toEqual({
      operation: "chat",
      path: "/models/{model}:generateContent",
      body: { contents: [{ role: "user", parts: [{ text: "Hello." }] }] },
      dropped: [],
      added: [],
    });
  });

  test("leaves out what the preset says that the provider refuses, and names it", () => {
    const quirks = { drop: ["logprobs", "top_logprobs", "seed"] };
    const { body, dropped } = written({ logprobs: true, top_logprobs: 3, temperature: 1 }, { quirks });
    expect(body.generationConfig).toEqual({ temperature: 1 });
    expect(dropped).toEqual(["logprobs", "top_logprobs"]);
  });

  test("asks for images where they are wanted", () => {
    const upstreamModel = "gemini-2.5-flash-image";
    const { body, dropped } = written({ modalities: ["image", "text"] }, { upstreamModel });
    expect(body.generationConfig).toEqual({ responseModalities: ["IMAGE", "TEXT"] });
    expect(dropped).toEqual([]);
    expect(written({ modalities: ["text"] }).body).not.toHaveProperty("generationConfig");
  });

  test.each([
    [{ modalities: ["text", "audio"] }, "modalities"],
    [{ web_search_options: {} }, "web_search_options"],
    [{ functions: [{ name: "f" }] }, "functions"],
    [{ tools: [{ type: "custom", custom: { name: "c" } }] }, "tools[0]"],
    [{ n: 9 }, "n"],
    [{ messages: [] }, "messages"],
    [{ messages: [{ role: "function", name: "f", content: "1" }] }, "messages[0].role"],
  ])("cannot be made of %j", (body, unsupported) => {
    expect(encodeChat({ model: "m", messages: HELLO, ...body }, TARGET)).toMatchObject({ unsupported });
  });

  test.each([
    ["gemini-2.0-flash", { presencePenalty: 0.5 }, []],
    ["gemini-1.5-pro-002", { presencePenalty: 0.5 }, []],
    ["gemini-1.5-pro", undefined, ["presence_penalty"]],
    ["gemini-3-flash-preview", undefined, ["presence_penalty"]],
  ])("of %s with a penalty has %p", (upstreamModel, config, dropped) => {
    const wire = written({ presence_penalty: 0.5 }, { upstreamModel });
    expect(wire.body.generationConfig).toEqual(config);
    expect(wire.dropped).toEqual(dropped);
  });

  test("passes over a turn of which only reasoning is known", () => {
    const thought = { role: "assistant", content: null, reasoning_content: "Hm." };
    const { body } = written({ messages: [...HELLO, thought, { role: "user", content: "And?" }] });
    expect(body.contents).toEqual([{ role: "user", parts: [{ text: "Hello." }, { text: "And?" }] }]);
    expect(encodeChat({ model: "m", messages: [thought] }, TARGET)).toMatchObject({
      unsupported: "messages",
    });
  });

  test("gives the schema's tool a name that no other tool has", () => {
    const tools = [{ type: "function", function: { name: "card" } }];
    const schema = { type: "object", properties: { a: { type: "string" } } };
    const response_format = { type: "json_schema", json_schema: { name: "card", schema } };
    const { body, reading } = written({ tools, response_format });
    const [{ functionDeclarations: declared }] = body.tools;
    expect(declared.map(({ name }: { name: string }) => name)).toEqual(["card", "card_"]);
    expect(reading).toEqual({ toolAsContent: "card_" });
  });
});
