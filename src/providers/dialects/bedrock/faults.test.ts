import { describe, expect, test } from "bun:test";
import type { FaultKind } from "../../../core/faults.ts";
import { bedrockDialect } from "./dialect.ts";
import { exceptionFault } from "./faults.ts";

const PLACE = ":http://internal.amazon.com/coral/com.amazon.bedrock/";

/** https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html */
const DOCUMENTED: readonly [status: number, type: string, message: string, kind: FaultKind][] = [
  [429, "ThrottlingException", "Too many requests, please wait before trying again.", "rate_limited"],
  [429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", "rate_limited"],
  [400, "ServiceQuotaExceededException", "Your request exceeds the service quota.", "rate_limited"],
  [429, "ModelNotReadyException", "Model is not ready for inference.", "overloaded"],
  [503, "ServiceUnavailableException", "Bedrock is unable to process your request.", "overloaded"],
  [500, "InternalServerException", "The system encountered an unexpected error.", "overloaded"],
  [500, "InternalFailure", "", "overloaded"],
  [408, "ModelTimeoutException", "Model has timed out in processing the request.", "timeout"],
  [424, "ModelErrorException", "The model failed.", "overloaded"],
  [424, "ModelStreamErrorException", "The stream failed.", "overloaded"],
  [
    403,
    "AccessDeniedException",
    "You don't have access to the model with the specified model ID.",
    "upstream_auth",
  ],
  [
    403,
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    "upstream_auth",
  ],
  [403, "InvalidSignatureException", "The request signature we calculated does not match.", "upstream_auth"],
  [403, "ExpiredTokenException", "The security token included in the request is expired", "upstream_auth"],
  [400, "IncompleteSignature", "The request signature does not conform to AWS standards.", "upstream_auth"],
  [400, "NotAuthorized", "You do not have permission to perform this action.", "upstream_auth"],
  [400, "RequestExpired", "The request is older than 15 minutes.", "upstream_auth"],
  [404, "ResourceNotFoundException", "Could not resolve the foundation model.", "model_missing"],
  [404, "UnknownOperationException", "", "model_missing"],
  [400, "ValidationException", "Input is too long for requested model.", "context_too_long"],
  [
    400,
    "ValidationException",
    "The model returned the following errors: prompt is too long: 250000 tokens > 200000 maximum",
    "context_too_long",
  ],
  [
    400,
    "ValidationException",
    "Malformed input request: expected maxLength: 42000, actual: 46735, please reformat your input and try again.",
    "context_too_long",
  ],
  [400, "ValidationException", "The provided model identifier is invalid.", "model_missing"],
  [
    400,
    "ValidationException",
    "Invocation of model ID x with on-demand throughput isn’t supported. Retry your request with an inference profile.",
    "model_missing",
  ],
  [400, "ValidationException", "The provided model doesn't support on-demand throughput.", "model_missing"],
  [400, "ValidationException", "This model version has reached the end of its life.", "model_missing"],
  [400, "ValidationException", "Operation not allowed", "upstream_auth"],
  [400, "ValidationException", "The text field in the ContentBlock object is blank.", "bad_request"],
  [400, "ValidationException", "Messages can't contain duplicate document names.", "bad_request"],
  [
    400,
    "ValidationException",
    "The maximum tokens you requested exceeds the model limit of 8192. Try again with a maximum tokens value below it.",
    "bad_request",
  ],
  [400, "ConflictException", "A conflict.", "bad_request"],
];

describe("an HTTP status", () => {
  test.each(DOCUMENTED)("%i %s: %s → %s", (status, type, message, kind) => {
    const byHeader = new Headers({ "x-amzn-errortype": type + PLACE });
    const found = bedrockDialect.fault(status, byHeader, JSON.stringify({ message }), 0);
    expect(found).toMatchObject({ kind, status, cause: `HTTP ${status} ${type}` });
    expect(found.error).toEqual({
      message: message || "the provider gave no message",
      type: null,
      param: null,
      code: null,
    });
    const inBody = JSON.stringify({ __type: `com.amazon.coral#${type}`, Message: message });
    expect(bedrockDialect.fault(status, new Headers(), inBody, 0)).toEqual(found);
  });

  test.each([
    [403, "", "upstream_auth"],
    [429, "<html>", "rate_limited"],
    [502, "<html>Bad gateway</html>", "overloaded"],
    [413, "", "bad_request"],
    [404, '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"}}', "model_missing"],
  ] as const)("%i without a name: %s → %s", (status, body, kind) => {
    expect(bedrockDialect.fault(status, new Headers(), body, 0).kind).toBe(kind);
  });
});

test("what an error quotes of the prompt does not decide, and never reaches our log", () => {
  const message = 'The value "input is too long, operation not allowed" is invalid.';
  const headers = new Headers({ "x-amzn-errortype": "ValidationException" });
  const found = bedrockDialect.fault(400, headers, JSON.stringify({ message }), 0);
  expect(found.kind).toBe("bad_request");
  expect(found.cause).not.toContain("too long");
});

test("the name of an exception is written to our log without what is no letter", () => {
  const headers = new Headers({ "x-amzn-errortype": "Odd\tException 1<script>" });
  expect(bedrockDialect.fault(500, headers, "", 0).cause).toBe("HTTP 500 OddExceptionscript");
});

test.each([
  ["constructor"],
  ["toString"],
  ["__proto__"],
])("an exception that calls itself %s is judged by its status", (name) => {
  const headers = new Headers({ "x-amzn-errortype": name });
  expect(bedrockDialect.fault(400, headers, "{}", 0).kind).toBe("bad_request");
  expect(exceptionFault(name, {}).kind).toBe("overloaded");
});

test("how long to wait is told", () => {
  const headers = new Headers({ "x-amzn-errortype": "ThrottlingException", "retry-after": "7" });
  expect(bedrockDialect.fault(429, headers, "{}", 0).retryAfterMs).toBe(7000);
});

test.each([
  [429, "rate_limited"],
  [400, "bad_request"],
  [500, "overloaded"],
  [undefined, "overloaded"],
] as const)("a model's own failure with its status %p", (originalStatusCode, kind) => {
  const body = JSON.stringify({ message: "The model failed.", originalStatusCode });
  const headers = new Headers({ "x-amzn-errortype": "ModelErrorException" });
  expect(bedrockDialect.fault(424, headers, body, 0).kind).toBe(kind);
});

test.each([
  ["throttlingException", "rate_limited"],
  ["serviceUnavailableException", "overloaded"],
  ["internalServerException", "overloaded"],
  ["modelTimeoutException", "timeout"],
  ["modelStreamErrorException", "overloaded"],
  ["validationException", "bad_request"],
  ["somethingNewException", "overloaded"],
  ["", "overloaded"],
] as const)("in a stream, %p is typed as outside", (name, kind) => {
  expect(exceptionFault(name, { message: "Odd." })).toMatchObject({ kind, status: null });
});
