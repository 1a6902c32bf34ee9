import { describe, expect, test } from "bun:test";
import { ollamaFault, toldFault } from "./faults.ts";

const NONE = new Headers();
const llamaServer = (code: number, message: string, type: string) =>
  JSON.stringify({ error: JSON.stringify({ error: { code, message, type } }) });
const plain = (error: string) => JSON.stringify({ error });

/** Status, body, kind. Words of Ollama 0.12 to 0.40, from its source and from what it was seen to answer. */
const TABLE: readonly (readonly [number, string, string])[] = [
  [400, plain("the input length exceeds the context length"), "context_too_long"],
  [500, plain("the input length exceeds the context length"), "context_too_long"],
  [400, plain("input exceeds maximum context length"), "context_too_long"],
  [
    400,
    plain(
      "the prompt is longer than the context length currently available to the model; shorten the prompt",
    ),
    "context_too_long",
  ],
  [
    400,
    llamaServer(
      400,
      "request (2622 tokens) exceeds the available context size (512 tokens), try increasing it",
      "exceed_context_size_error",
    ),
    "context_too_long",
  ],
  [400, plain("registry.ollama.ai/library/gemma3:latest does not support tools"), "unsupported"],
  [400, plain('"llama3.1" does not support thinking'), "unsupported"],
  [400, plain('"nomic-embed-text" does not support chat'), "unsupported"],
  [
    400,
    llamaServer(
      400,
      "Multimodal data provided, but model does not support multimodal requests.",
      "invalid_request_error",
    ),
    "unsupported",
  ],
  [500, plain("this model only supports one image while more than one image requested"), "unsupported"],
  [500, plain("this model is missing data required for image input"), "unsupported"],
  [400, llamaServer(400, "Failed to initialize samplers: failed to parse grammar", "invalid"), "unsupported"],
  [500, plain("invalid JSON schema in format"), "unsupported"],
  [404, plain("model 'llama9' not found"), "model_missing"],
  [404, plain('model "llama9" not found, try pulling it first'), "model_missing"],
  [400, plain("this server cannot run this remote model"), "model_missing"],
  [400, plain("invalid model name"), "model_missing"],
  [400, plain("illegal base64 data at input byte 0"), "bad_request"],
  [500, plain("image: unknown format"), "bad_request"],
  [400, plain("top_logprobs must be between 0 and 20"), "bad_request"],
  [400, plain("json: cannot unmarshal string into Go struct field"), "bad_request"],
  [401, JSON.stringify({ error: "unauthorized", signin_url: "https://ollama.com/connect" }), "upstream_auth"],
  [403, plain("this model requires a subscription, upgrade for access"), "upstream_auth"],
  [429, plain("you have reached your hourly usage limit"), "rate_limited"],
  [503, plain("server busy, please try again.  maximum pending requests exceeded"), "overloaded"],
  [500, plain("model requires more system memory (5.6 GiB) than is available (2.1 GiB)"), "overloaded"],
  [500, plain("llama runner process has terminated: exit status 2"), "overloaded"],
  [502, "<html>bad gateway</html>", "overloaded"],
  [504, "", "timeout"],
];

test.each(TABLE)("%d %s is %s", (status, body, kind) => {
  const found = ollamaFault(status, NONE, body, 0);
  expect(found.kind).toBe(kind as never);
  expect(found.status).toBe(status);
});

test("the caller's words, quoted in a refusal, do not take the model away", () => {
  const body = plain("json: cannot unmarshal: invalid model name, this server cannot run this remote model");
  expect(ollamaFault(400, NONE, body, 0).kind).toBe("bad_request");
});

test("llama-server's own error is shown by its words, not as JSON", () => {
  const found = ollamaFault(400, NONE, llamaServer(400, "no user query found", "invalid_request_error"), 0);
  expect(found.error).toEqual({
    message: "no user query found",
    type: "invalid_request_error",
    param: null,
    code: "400",
  });
});

test("a message that only begins like JSON stays as it is", () => {
  expect(ollamaFault(500, NONE, plain("{broken"), 0).error?.message).toBe("{broken");
});

test("the window that the model runs with is known from the refusal, where it says so", () => {
  const told = "request (2622 tokens) exceeds the available context size (512 tokens), try increasing it";
  expect(ollamaFault(400, NONE, llamaServer(400, told, "exceed_context_size_error"), 0).windowTokens).toBe(
    512,
  );
  expect(toldFault(told).windowTokens).toBe(512);
  expect(toldFault("the input length exceeds the context length")).not.toHaveProperty("windowTokens");
});

test("our log learns the status, never the words", () => {
  const found = ollamaFault(400, NONE, plain("my secret prompt"), 0);
  expect(found.cause).toBe("HTTP 400");
  expect(toldFault("my secret prompt").cause).not.toContain("secret");
});

test("a wait is believed", () => {
  const found = ollamaFault(503, new Headers({ "retry-after": "7" }), plain("server busy"), 0);
  expect(found.retryAfterMs).toBe(7000);
});

describe("inside a 200", () => {
  test.each([
    ["an error was encountered while running the model: unexpected EOF", "overloaded"],
    ['model "x" not found', "model_missing"],
    ["the input length exceeds the context length", "context_too_long"],
    ["too many requests", "rate_limited"],
    [{ message: "odd" }, "overloaded"],
  ])("%p is %s", (raw, kind) => expect(toldFault(raw).kind).toBe(kind as never));
});
