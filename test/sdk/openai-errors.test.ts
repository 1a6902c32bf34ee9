import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  APIConnectionError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  type OpenAI,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from "openai";
import { UPSTREAM_SECRET } from "../../src/testing/gateway.ts";
import { type Script, ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { failing, inTurn, openai } from "./scripted-openai.ts";
import { errorOf, IMPATIENT, type SdkGateway, secretsIn, startSdkGateway } from "./sdk-gateway.ts";

const chatty = `Key ${UPSTREAM_SECRET} was refused.`;

/** Upstream failures that are the provider's or ours: the status an SDK sees, and how often the upstream is called. */
const UPSTREAM_FAULTS: [string, Script, number, number][] = [
  ["401", failing(401, { message: chatty, code: "invalid_api_key" }), 502, 1],
  ["402", failing(402, { message: "insufficient credits" }), 502, 1],
  ["403", failing(403, { message: "no access" }), 502, 1],
  ["404", failing(404, { message: "The model does not exist", code: "model_not_found" }), 502, 1],
  ["quota", failing(429, { type: "insufficient_quota", code: "insufficient_quota" }), 502, 1],
  ["500", failing(500), 503, 1],
  ["503", failing(503, { code: "server_is_overloaded" }), 503, 1],
  ["529", failing(529), 503, 1],
  ["reset", (_, answer) => answer.reset(), 502, 2],
  ["cut", (_, answer) => answer.cut(), 502, 2],
  ["garbage", (_, answer) => (answer.raw("SSH-2.0-OpenSSH_9.2\r\n"), answer.cut()), 502, 1],
  ["page", (_, answer) => answer.json(200, "<html>Welcome</html>", { "content-type": "text/html" }), 502, 1],
  ["empty", (_, answer) => answer.json(200, ""), 502, 1],
  ["redirect", (_, answer) => answer.json(307, "", { location: "http://127.0.0.1:9/" }), 502, 1],
];

/** What the upstream calls the caller's fault: passed back in its own words. */
const CALLER_FAULTS: [string, Script, typeof BadRequestError | typeof UnprocessableEntityError][] = [
  [
    "filtered",
    failing(400, { message: chatty, type: "invalid_request_error", code: "content_policy_violation" }),
    BadRequestError,
  ],
  [
    "overflow",
    failing(400, {
      message: "This model's maximum context length is 8 tokens.",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    }),
    BadRequestError,
  ],
  [
    "unprocessable",
    failing(422, { message: "No.", type: "invalid_request_error", param: "tools[0]", code: "bad_tool" }),
    UnprocessableEntityError,
  ],
];

let gateway: SdkGateway;
let client: OpenAI;
beforeAll(async () => {
  const gone = await ScriptedUpstream.start();
  const closedUrl = gone.baseUrl;
  await gone.stop();
  gateway = await startSdkGateway(
    {
      "one/gpt": openai,
      "elsewhere/forbidden": openai,
      "closed/closed": openai,
      "hanging/hanging": () => {},
      "one/limited": failing(429, { code: "rate_limit_exceeded" }, { "retry-after": "7" }),
      "one/briefly": inTurn(failing(429, {}, { "retry-after-ms": "20" }), openai),
      "one/always": failing(429, {}, { "retry-after-ms": "5" }),
      ...Object.fromEntries(UPSTREAM_FAULTS.map(([name, script]) => [`one/fault-${name}`, script])),
      ...Object.fromEntries(CALLER_FAULTS.map(([name, script]) => [`one/caller-${name}`, script])),
    },
    {
      providers: { closed: { baseUrl: closedUrl }, hanging: { timeouts: IMPATIENT } },
      caller: { allowedProviders: ["one", "closed", "hanging"] },
    },
  );
  client = gateway.client();
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.forget());

const asked = (model: string, extra: Record<string, unknown> = {}) =>
  client.chat.completions.create({ model, messages: [{ role: "user", content: "hi" }], ...extra });

/** The error of one call, after the checks that every error must pass: told once, with an id, and nothing private. */
async function errorFor(call: PromiseLike<unknown>) {
  const error = await errorOf(call);
  expect(error).not.toBeInstanceOf(APIConnectionError);
  expect(error.requestID).toMatch(/^req_/);
  expect(secretsIn(gateway, `${error.message}${JSON.stringify(error.error)}`)).toEqual([]);
  expect(Object.keys(error.error as object)).toEqual(
    expect.arrayContaining(["message", "type", "param", "code"]),
  );
  return error;
}

describe("what the gateway refuses, as the openai package tells it", () => {
  test.each([
    "neu_live_unknown",
    "sk-proj-another",
    UPSTREAM_SECRET,
  ])("an unknown key: AuthenticationError (%p)", async (apiKey) => {
    const stranger = gateway.client({ apiKey });
    for (const call of [
      () => stranger.chat.completions.create({ model: "gpt", messages: [{ role: "user", content: "hi" }] }),
      () => stranger.embeddings.create({ model: "gpt", input: "hi" }),
      () => stranger.models.list(),
      () => stranger.models.retrieve("gpt"),
    ]) {
      const error = await errorFor(call());
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({ status: 401, code: "invalid_api_key", type: "authentication_error" });
    }
    expect(gateway.upstream.requests).toEqual([]);
    expect(gateway.nyuro.rows).toEqual([]);
  });

  test.each([
    ["an unknown model", { model: "gtp" }, NotFoundError, 404, "model_not_found", "model"],
    [
      "an unknown model behind a known one",
      { models: ["gtp"] },
      NotFoundError,
      404,
      "model_not_found",
      "models[0]",
    ],
    ["no permission", { model: "forbidden" }, PermissionDeniedError, 403, "model_not_allowed", "model"],
    ["no messages", { messages: [] }, BadRequestError, 400, "invalid_request", "messages"],
    ["a wrong type", { stream: "yes" }, BadRequestError, 400, "invalid_request", "stream"],
    [
      "a wrong preference",
      { provider: { sort: "luck" } },
      BadRequestError,
      400,
      "invalid_request",
      "provider.sort",
    ],
    ["no candidate", { provider: { only: ["two"] } }, InternalServerError, 503, "no_candidate", null],
  ])("%s is told once, and nobody is called", async (_, extra, kind, status, code, param) => {
    const error = await errorFor(asked("gpt", extra));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ status, code, param });
    expect(error.headers?.get("x-should-retry")).toBe("false");
    expect(gateway.upstream.requests).toEqual([]);
    expect(gateway.nyuro.rows).toMatchObject([{ status: "refused", httpStatus: status, errorCode: code }]);
  });

  test("the unknown model is named, and its neighbours with it", async () => {
    const error = await errorFor(asked("gtp"));
    expect(error.message).toContain("`gtp`");
    expect(error.message).toContain("gpt");
  });

  test("an unknown route is not found", async () => {
    const error = await errorFor(client.files.list());
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error.code).toBe("not_found");
  });
});

describe("what the upstream calls the caller's fault", () => {
  test.each([
    false,
    true,
  ])("comes back with the provider's words, param and code (stream: %p)", async (stream) => {
    const error = await errorFor(asked("gpt", { temperature: 9, stream }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      param: "temperature",
      code: "invalid_value",
    });
    expect(error.message).toContain("Invalid 'temperature'");
    expect(gateway.seen("one/gpt")).toHaveLength(1);
  });

  test.each(CALLER_FAULTS)("%s: keeps its class", async (name, _, kind) => {
    const error = await errorFor(asked(`caller-${name}`));
    expect(error).toBeInstanceOf(kind);
    expect(error.type).toBe("invalid_request_error");
    expect(gateway.seen(`one/caller-${name}`)).toHaveLength(1);
    expect(gateway.nyuro.rows).toHaveLength(1);
  });
});

describe("what fails upstream is an InternalServerError, not repeated by the SDK", () => {
  test.each(UPSTREAM_FAULTS)("%s", async (name, _, status, calls) => {
    for (const stream of [false, true]) {
      gateway.forget();
      const error = await errorFor(asked(`fault-${name}`, { stream }));
      expect(error).toBeInstanceOf(InternalServerError);
      expect(error).toMatchObject({ status, code: "all_candidates_failed", type: "upstream_error" });
      expect(error.headers?.get("x-should-retry")).toBe("false");
      expect(error.error).toMatchObject({
        metadata: { attempts: expect.arrayContaining([expect.objectContaining({ provider: "one" })]) },
      });
      expect(gateway.seen(`one/fault-${name}`)).toHaveLength(calls);
      expect(gateway.nyuro.rows).toMatchObject([{ status: "error", httpStatus: status }]);
    }
  });

  test("a closed port", async () => {
    expect(await errorFor(asked("closed"))).toMatchObject({ status: 502, code: "all_candidates_failed" });
    expect(gateway.nyuro.rows).toHaveLength(1);
  });

  test("a provider that never begins to stream", async () => {
    const error = await errorFor(asked("hanging", { stream: true }));
    expect(error).toMatchObject({ status: 504, code: "all_candidates_failed" });
    expect(gateway.seen("hanging/hanging")).toHaveLength(1);
    expect(gateway.nyuro.rows).toHaveLength(1);
  });
});

describe("rate limits and the SDK's own retries", () => {
  test("a RateLimitError says how long to wait, and the provider is left alone meanwhile", async () => {
    for (const most of [7_000, 7_000]) {
      const error = await errorFor(
        client.chat.completions.create(
          { model: "limited", messages: [{ role: "user", content: "hi" }] },
          { maxRetries: 0 },
        ),
      );
      expect(error).toBeInstanceOf(RateLimitError);
      expect(error).toMatchObject({ status: 429, code: "all_candidates_failed", type: "rate_limit_error" });
      expect(error.headers?.get("retry-after")).toBe("7");
      expect(Number(error.headers?.get("retry-after-ms"))).toBeWithin(6_000, most + 1);
      expect(error.headers?.has("x-should-retry")).toBe(false);
    }
    expect(gateway.seen("one/limited")).toHaveLength(1);
    expect(gateway.nyuro.rows.map(({ httpStatus }) => httpStatus)).toEqual([429, 429]);
  });

  test("a short one is waited out by the SDK", async () => {
    const reply = await asked("briefly");
    expect(reply.choices[0]?.message.content).toBe("You said: hi");
    expect(gateway.seen("one/briefly")).toHaveLength(2);
    const statuses = gateway.nyuro.rows.map(({ httpStatus }) => httpStatus);
    expect(statuses[0]).toBe(429);
    expect(statuses.at(-1)).toBe(200);
  });

  test.each([0, 1, 3])("maxRetries: %d is how often it asks again", async (maxRetries) => {
    const patient = gateway.client({ maxRetries });
    const call = patient.chat.completions.create({
      model: "always",
      messages: [{ role: "user", content: "hi" }],
    });
    expect(await errorFor(call)).toBeInstanceOf(RateLimitError);
    expect(gateway.nyuro.rows).toHaveLength(maxRetries + 1);
    expect(gateway.seen("one/always").length).toBeLessThanOrEqual(maxRetries + 1);
  });
});
