import { describe, expect, test } from "bun:test";
import { noteSecret } from "../providers/authorize/secrets.ts";
import type { Credentials } from "../providers/contract.ts";
import { testProvider, UPSTREAM_SECRET } from "../testing/gateway.ts";
import { redact, redactText } from "./redact.ts";

const provider = testProvider("one", "https://gpu-7.internal.example:8443/v1", {
  headers: { "x-org": "org-secret-value" },
});

const AWS_KEYS = {
  accessKeyId: "own-key-id",
  secretAccessKey: "own/secret+key",
  sessionToken: "own-session==",
};

describe("an upstream's words", () => {
  test.each([
    ["our credential", `bad key ${UPSTREAM_SECRET}!`, "bad key [redacted]!"],
    [
      "a masked key",
      "Incorrect API key provided: sk-proj-ab***********cdef.",
      "Incorrect API key provided: [redacted]",
    ],
    ["a bearer", "got Bearer abcdef123456", "got [redacted]"],
    ["a token of Google's", "token ya29.a0AfH6SM-x_y.z expired", "token [redacted] expired"],
    ["a signed token", "got eyJ0eXAiOiJKV1Qi.eyJhdWQiOiJodHRw.c2ln", "got [redacted]"],
    ["the id of an AWS key", "key AKIAIOSFODNN7EXAMPLE unknown", "key [redacted] unknown"],
    ["another vendor's key", "key AIzaSyA1234567890_abc", "key [redacted]"],
    ["a configured header", "org org-secret-value unknown", "org [redacted] unknown"],
    ["our provider's address", "at https://gpu-7.internal.example:8443/v1/chat", "at [redacted]/chat"],
    ["its host alone", "no route to gpu-7.internal.example", "no route to [redacted]"],
    [
      "private addresses",
      "dial http://10.1.2.3:8000, 127.0.0.1:9 and 192.168.0.1",
      "dial [redacted], [redacted] and [redacted]",
    ],
    [
      "private addresses of IPv6",
      "dial tcp [::1]:11434, http://[fd00:ec2::254]/v1 and [FE80::1%eth0]",
      "dial tcp [redacted], [redacted]/v1 and [redacted]",
    ],
  ])("lose %s", (_, text, shown) => {
    expect(redactText(text, provider)).toBe(shown);
  });

  test.each([
    "max_tokens must be at most 4096",
    "messages[0].content: expected a string",
    "This model's maximum context length is 8192 tokens.",
    "the task-list ask-me risk-free",
    "one of [f], [fe], [fdate] or [fd:not-an-address]",
  ])("stay where they are harmless: %s", (text) => {
    expect(redactText(text, provider)).toBe(text);
  });

  test.each([
    ["an AWS key pair", { kind: "aws", region: "eu-west-1", source: AWS_KEYS }, Object.values(AWS_KEYS)],
    [
      "a profile's, once read",
      { kind: "aws", region: "eu-west-1", source: { profile: "work" } },
      ["profile-secret"],
    ],
    [
      "a fetched token",
      { kind: "google", credentialsFile: "/run/google-key.json" },
      ["/run/google-key.json"],
    ],
    [
      "an application",
      { kind: "entra", tenantId: "t", clientId: "c", clientSecret: "entra-secret" },
      ["entra-secret", "fetched-1"],
    ],
  ] as [string, Credentials, string[]][])("lose the secrets of a login: %s", (_, credentials, secrets) => {
    const withLogin = testProvider("one", "https://one.example", { apiKey: null, credentials });
    for (const secret of ["profile-secret", "fetched-1"]) noteSecret(credentials, secret);
    for (const secret of secrets) {
      expect(redactText(`x-amz-security-token:${secret} is wrong`, withLogin)).toBe(
        "x-amz-security-token:[redacted] is wrong",
      );
    }
    expect(redactText("eu-west-1 has no such model", withLogin)).toBe("eu-west-1 has no such model");
  });

  /** What callers wrote and a provider repeats: half a megabyte of beginnings of keys. */
  test.each([
    "eyJaaaaaaaa-",
    "eyJaaaaaaaa.",
    "sk-",
    "sk-a ",
    "Bearer ",
    "AKIA",
    "http://10.",
    "[fd00:",
  ])("are read once, however often they begin like a key: %s", (piece) => {
    const startedMs = performance.now();
    redactText(piece.repeat(500_000 / piece.length), provider);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  test("are cleaned in every field", () => {
    const dirty = {
      message: UPSTREAM_SECRET,
      type: UPSTREAM_SECRET,
      param: UPSTREAM_SECRET,
      code: UPSTREAM_SECRET,
    };
    expect(JSON.stringify(redact(dirty, provider))).not.toContain(UPSTREAM_SECRET);
    expect(redact({ message: "no", type: null, param: null, code: null }, provider)).toEqual({
      message: "no",
      type: null,
      param: null,
      code: null,
    });
  });
});
