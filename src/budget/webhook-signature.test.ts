import { expect, test } from "bun:test";
import { signedHeaders } from "./webhook-signature.ts";

test("the example of Standard Webhooks is signed as it says", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  expect(
    signedHeaders(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, '{"test": 2432232314}'),
  ).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test.each([
  ["the id", "b", 1, "{}", "secret"],
  ["the time", "a", 2, "{}", "secret"],
  ["the body", "a", 1, "{ }", "secret"],
  ["the secret", "a", 1, "{}", "Secret"],
  ["the secret's form", "a", 1, "{}", `whsec_${Buffer.from("secret!").toString("base64")}`],
])("another signature comes of another one of %s", (_, id, timestampS, body, secret) => {
  const signature = (headers: Record<string, string>) => headers["webhook-signature"];
  const first = signedHeaders("secret", "a", 1, "{}");
  expect(signature(signedHeaders(secret, id, timestampS, body))).not.toBe(signature(first) ?? "");
});

test("a plain secret and its base64 after whsec_ are the same key", () => {
  const plain = "a plain secret, Ü included";
  const encoded = `whsec_${Buffer.from(plain, "utf8").toString("base64")}`;
  expect(signedHeaders(encoded, "a", 1, "{}")).toEqual(signedHeaders(plain, "a", 1, "{}"));
});
