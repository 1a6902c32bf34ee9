import { describe, expect, test } from "bun:test";
import { Scrubber } from "./scrub.ts";

const SECRET = 'op"3n-sesame/+=';
const scrubber = () =>
  new Scrubber([{ text: SECRET }, { text: "gpu-7.internal", instead: "provider.example" }]);
const scrub = (text: string) => scrubber().scrub(text);

describe("what is taken out", () => {
  test.each([
    ["a known name", "at gpu-7.internal:80", "at provider.example:80"],
    ["a key", "Incorrect API key provided: sk-proj-ab****cdef.", "Incorrect API key provided: REDACTED"],
    ["a person", "ask jane.doe+x@corp.example.org now", "ask someone@example.com now"],
    [
      "an organization of OpenAI's",
      "in organization org-AbCd1234EfGh on tokens",
      "in organization org-1 on tokens",
    ],
    [
      "a project",
      "project proj_a1B2c3D4e5 and projects/my-own-project/locations/x",
      "project proj_1 and projects/someones-project/locations/x",
    ],
    ["the number of a project", "consumer project 123456789012", "consumer project someones-project"],
    [
      "a user of AWS",
      "User: arn:aws:iam::123456789012:user/jane is not",
      "User: arn:aws:iam::000000000000:user/someone is not",
    ],
    [
      "an account of AWS",
      "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.x",
      "arn:aws:bedrock:eu-west-1:000000000000:inference-profile/eu.x",
    ],
    ["an account by its number", "AWS account ID: 123456789012", "AWS account ID: 000000000000"],
    [
      "a resource of Azure's",
      "https://jane-corp.openai.azure.com/x",
      "https://someones-resource.openai.azure.com/x",
    ],
    ["a request", "see req_011CSHoEeqs5C35K2UUqR7Fy", "see req_1"],
    [
      "a fine-tuned model",
      '{"model":"ft:gpt-4o-mini-2024-07-18:acme:cats:B1cD"}',
      '{"model":"ft:gpt-4o-mini-2024-07-18:someone::0"}',
    ],
    ["an address", "from 203.0.113.77 and fe80::1ff:fe23:4567:890a.", "from 192.0.2.1 and 2001:db8::1."],
    ["a fingerprint", '{"system_fingerprint":"fp_44709d6fcb"}', '{"system_fingerprint":"fp_0000000000"}'],
    [
      "a fingerprint of another form",
      '{"system_fingerprint": "v1-prod"}',
      '{"system_fingerprint": "REDACTED"}',
    ],
    ["a cookie", '{"Set-Cookie":"__cf_bm=abc; path=/"}', '{"Set-Cookie":"REDACTED"}'],
    ["numbers in telling fields", '{"account_id": 12345, "n": 12345}', '{"account_id": 0, "n": 12345}'],
    [
      "behind an escape",
      String.raw`{"a":"x\nbob@corp.example\tsk-abcdef123456"}`,
      String.raw`{"a":"x\nsomeone@example.com\tREDACTED"}`,
    ],
    [
      "in JSON inside of JSON",
      String.raw`{"a":"{\"user_id\":\"jane\",\"b\":\"\\nbob@corp.example\"}"}`,
      String.raw`{"a":"{\"user_id\":\"REDACTED\",\"b\":\"\\nsomeone@example.com\"}"}`,
    ],
    ["written with escapes", String.raw`{"a":"bob\u0040corp.example"}`, '{"a":"someone@example.com"}'],
    [
      "in a stream",
      'data: {"id":"chatcmpl-9abcdEFGH","x":1}\n\n: bob@corp.example\n\n',
      'data: {"id":"chatcmpl-1","x":1}\n\n: someone@example.com\n\n',
    ],
    [
      "in a page",
      "<b>203.0.113.77</b> <a>bob@corp.example</a>",
      "<b>192.0.2.1</b> <a>someone@example.com</a>",
    ],
  ])("%s", (_, text, scrubbed) => expect(scrub(text)).toBe(scrubbed));
});

test("a secret that JSON has to escape is found all the same", () => {
  const body = JSON.stringify({ error: { message: `wrong: ${SECRET}`, inner: JSON.stringify([SECRET]) } });
  const inner = JSON.stringify(["REDACTED"]);
  expect(JSON.parse(scrub(body))).toEqual({ error: { message: "wrong: REDACTED", inner } });
});

test.each([
  '{"id":"call_Ab12Cd34Ef56","type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"Oslo\\"}"}}',
  '{"reasoning_effort":"low","created":1790000000,"model":"claude-sonnet-4-5@20250929","a":"risk-free at 12:30:45"}',
  '{"signature":"EqQBCkgIBhABGAIiQL2YxOqq8/4N+kwx==","usage":{"prompt_tokens":123456789012}}',
  'data: {"choices":[{"delta":{"content":" std::vector is a list; 3.14 > 1.2.3 äöü 😀"}}]}\r\n\r\ndata: [DONE]\n\n',
  '{"a":"\\u00e9\\n","b" : [ 1.50 , null ],"system_fingerprint":null,"cookie":""}',
  'not "JSON at all\n, but "quoted',
])("all else stays byte for byte: %s", (text) => expect(scrub(text)).toBe(text));

test("what was the same stays the same, and what differed differs", () => {
  const one = "0f8fad5b-d9cb-469f-a165-70867728950e";
  const other = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
  const all = scrubber();
  const [a, b, c] = [all.scrub(`"${one}"`), all.scrub(`${other}`), all.scrub(`{"id":"${one}"}`)];
  expect(a).toBe('"00000000-0000-4000-8000-000000000001"');
  expect(b).toBe("00000000-0000-4000-8000-000000000002");
  expect(c).toBe(`{"id":${a}}`);
});
