import { describe, expect, test } from "bun:test";
import { verifyAwsSignature } from "../../testing/aws-signature.ts";
import { signAws } from "./sign-aws.ts";

/** The key pair of AWS's published test suite. */
const KEYS = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: null,
};
const NOW_MS = Date.UTC(2015, 7, 30, 12, 36, 0);
const TOKEN =
  "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

function sign(method: string, path: string, headers: Record<string, string> = {}, sessionToken?: string) {
  const url = new URL(`https://example.amazonaws.com${path}`);
  const keys = { ...KEYS, sessionToken: sessionToken ?? null };
  return signAws(
    { method, url, headers: { host: "ignored", ...headers }, body: "" },
    { keys, region: "us-east-1", service: "service", nowMs: NOW_MS },
  );
}

describe("AWS's published vectors", () => {
  test.each([
    ["get-vanilla", "GET", "/", {}, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    ["post-vanilla", "POST", "/", {}, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
    [
      "get-vanilla-query-order-key-case",
      "GET",
      "/?Param2=value2&Param1=value1",
      {},
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ],
    [
      "post-header-key-sort",
      "POST",
      "/",
      { "my-header1": "value1" },
      "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    ],
  ])("%s", async (_, method, path, headers, signature) => {
    const signed = await sign(method, path, headers);
    expect(signed).toEqual({
      authorization: expect.stringContaining(`Signature=${signature}`),
      "x-amz-date": "20150830T123600Z",
    });
    expect(signed.authorization).toStartWith(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host",
    );
  });

  test("post-sts-header-before: the session token is sent, and signed", async () => {
    const signed = await sign("POST", "/", {}, TOKEN);
    expect(signed["x-amz-security-token"]).toBe(TOKEN);
    expect(signed.authorization).toEndWith(
      "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
    );
  });
});

describe("a verifier of our own agrees", () => {
  test.each([
    ["a colon", "/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/converse"],
    ["a bare colon", "/model/anthropic.claude-3-5-sonnet-20240620-v1:0/converse"],
    [
      "an ARN",
      "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fus.amazon.nova-lite-v1%3A0/converse-stream",
    ],
    ["what encodeURIComponent leaves", "/model/a!b'c(d)e*f~g/converse"],
    ["letters beyond ASCII", "/model/%E1%88%B4/converse"],
    ["a query", "/model/m/converse?b=2&a=%2F+1&empty="],
  ])("on a path with %s", async (_, path) => {
    const url = new URL(`https://bedrock-runtime.eu-central-1.amazonaws.com${path}`);
    const headers = { host: url.host, "content-type": "application/json", "x-amzn-trace": "a  b" };
    const body = '{"messages":[{"role":"user","content":[{"text":"grüße"}]}]}';
    const signed = await signAws(
      { method: "POST", url, headers, body },
      { keys: { ...KEYS, sessionToken: TOKEN }, region: "eu-central-1", service: "bedrock", nowMs: NOW_MS },
    );
    const received = { method: "POST", path, headers: { ...headers, ...signed }, text: body };
    expect(verifyAwsSignature(received, KEYS.secretAccessKey)).toEqual({
      valid: true,
      accessKeyId: "AKIDEXAMPLE",
      region: "eu-central-1",
      service: "bedrock",
      signedHeaders: ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amzn-trace"],
    });
    for (const changed of [
      { ...received, text: `${body} ` },
      { ...received, method: "PUT" },
      { ...received, path: path.replace("/model/", "/models/") },
      { ...received, headers: { ...received.headers, host: "elsewhere.amazonaws.com" } },
      { ...received, headers: { ...received.headers, "x-amz-security-token": "another" } },
    ])
      expect(verifyAwsSignature(changed, KEYS.secretAccessKey).valid).toBe(false);
    expect(verifyAwsSignature(received, "another").valid).toBe(false);
    expect(JSON.stringify(signed)).not.toContain(KEYS.secretAccessKey);
  });
});
