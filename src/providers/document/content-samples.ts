import type { JsonObject } from "../../core/json.ts";
import type { Sample } from "./sample.ts";

const PNG = "data:image/png;base64,iVBORw0KGgo=";
const PDF = "data:application/pdf;base64,JVBERi0xLjQ=";

const user = (content: unknown, rest: JsonObject = {}) => ({ role: "user", content, ...rest });
const text = (words: string, rest: JsonObject = {}) => ({ type: "text", text: words, ...rest });

function conversation(label: string, base: JsonObject[], messages: JsonObject[]): Sample {
  return { label, base: { messages: base }, added: { messages } };
}

/** A part of the user's message beside a text. */
function part(label: string, added: JsonObject): Sample {
  return conversation(label, [user("Hi")], [user([text("Hi"), added])]);
}

const image = (url: string, rest: JsonObject = {}) => ({ type: "image_url", image_url: { url, ...rest } });
const file = (told: JsonObject) => ({ type: "file", file: told });

const call = (id: string) => ({ id, type: "function", function: { name: "look", arguments: '{"at":"it"}' } });
const result = (id: string, content: unknown, rest: JsonObject = {}) => ({
  role: "tool",
  tool_call_id: id,
  content,
  ...rest,
});
const PARAMETERS = { type: "object", properties: { at: { type: "string" } } };
const TOOLS = [{ type: "function", function: { name: "look", parameters: PARAMETERS } }];

/** A round of a tool loop. */
function loop(id: string, answer: unknown = "seen", rest: JsonObject = {}): JsonObject {
  const asked = { role: "assistant", content: null, tool_calls: [call(id)] };
  return { tools: TOOLS, messages: [user("Look"), asked, result(id, answer, rest)] };
}

/** An earlier answer of the model with more than its text. */
function earlier(label: string, more: JsonObject): Sample {
  const around = (answer: JsonObject) => [user("Hi"), answer, user("Go on")];
  const answer = { role: "assistant", content: "Hello" };
  return conversation(label, around(answer), around({ ...answer, ...more }));
}

const SHORT = "call_1";
const LONG = `call_${"0123456789".repeat(5)}`;

/** What messages may hold. */
export const CONTENT_SAMPLES: readonly Sample[] = [
  conversation("a `system` message", [user("Hi")], [{ role: "system", content: "Be brief." }, user("Hi")]),
  conversation(
    "a `developer` message",
    [user("Hi")],
    [{ role: "developer", content: "Be brief." }, user("Hi")],
  ),
  conversation("`name` of a message", [user("Hi")], [user("Hi", { name: "ada" })]),
  part("an image as data", image(PNG)),
  part("an image by URL", image("https://example.com/picture.png")),
  conversation(
    "`detail` of an image",
    [user([text("Hi"), image(PNG)])],
    [user([text("Hi"), image(PNG, { detail: "low" })])],
  ),
  part("a PDF as data", file({ filename: "a.pdf", file_data: PDF })),
  part("a PDF by URL", file({ filename: "a.pdf", file_data: "https://example.com/a.pdf" })),
  part("a file by id", file({ file_id: "file-1" })),
  part("audio", { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }),
  conversation(
    "`cache_control` of a text",
    [user([text("Hi")])],
    [user([text("Hi", { cache_control: { type: "ephemeral" } })])],
  ),
  { label: "tool calls and results", base: { messages: [user("Look")], tools: TOOLS }, added: loop(SHORT) },
  { label: "a long tool call id", base: loop(SHORT), added: loop(LONG) },
  { label: "an image in a tool's result", base: loop(SHORT), added: loop(SHORT, [text("seen"), image(PNG)]) },
  {
    label: "`is_error` of a tool's result",
    base: loop(SHORT),
    added: loop(SHORT, "seen", { is_error: true }),
  },
  earlier("`reasoning_content` of an earlier answer", { reasoning_content: "Hm." }),
  earlier("`reasoning_details` of an earlier answer", {
    reasoning_details: [{ type: "reasoning.text", text: "Hm.", format: "unknown", index: 0 }],
  }),
  conversation(
    "an assistant's message last",
    [user("Hi")],
    [user("Hi"), { role: "assistant", content: "Well," }],
  ),
];
