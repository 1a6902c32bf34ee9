import { expect, test } from "bun:test";
import { showPath } from "./problem.ts";
import { readProviderBody } from "./provider-body.ts";

const KNOWN = { presets: ["openai", "azure"], dialects: ["openai", "gemini"] };
const SECRET = "sk-canary-1234567890";

function mistakeIn(body: object): string | null {
  const read = readProviderBody({ id: "box", base_url: "https://a.example/v1", ...body }, KNOWN);
  return "mistake" in read ? `${showPath(read.mistake.path)} ${read.mistake.reason}` : null;
}

test("a provider is read as from the configuration file", () => {
  const body = {
    id: "box",
    preset: "openai",
    api_key: SECRET,
    timeouts: { idle_ms: 5 },
    models: [{ id: "m" }],
  };
  expect(readProviderBody(body, KNOWN)).toMatchObject({
    config: {
      id: "box",
      preset: "openai",
      baseUrl: null,
      apiKey: SECRET,
      timeouts: { idleMs: 5 },
      models: [{ id: "m", weight: 1 }],
    },
  });
});

function deep(levels: number): unknown {
  let value: unknown = "x";
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

test.each<[object, string]>([
  [{ api_key: "${env:HOME}" }, "api_key holds ${…}"],
  [{ base_url: "https://${file:/etc/passwd}/v1" }, "base_url holds ${…}"],
  [{ headers: { "x-a": "$${a}" } }, "headers.x-a holds ${…}"],
  [{ auth: { region: "a${" } }, "auth.region holds ${…}"],
  [{ models: [{ id: "m" }, { id: "${env:A}" }] }, "models[1].id holds ${…}"],
  [{ auth: { credentials_file: "/etc/passwd" } }, "auth.credentials_file names a file of the server"],
  [{ auth: { profile: "default" } }, "auth.profile names a file of the server"],
  [{ preset: "opnai" }, "preset is not a known preset; did you mean openai?"],
  [{ dialect: "soap" }, "dialect is not a known dialect"],
  [{ base_url: undefined }, "the file needs a preset or a base_url"],
  [{ base_url: `https://user:${SECRET}@a.example/v1` }, "base_url must be an http:// or https:// address"],
  [{ base_url: `https://a.example/v1?key=${SECRET}` }, "base_url must be an http:// or https:// address"],
  [{ base_url: "file:///etc/passwd" }, "base_url must be an http:// or https:// address"],
  [{ api_key: `${SECRET}\r\nx-a: b` }, "api_key must be one line"],
  [{ headers: { host: SECRET } }, "headers.host is not a header that can be set"],
  [{ api_kee: SECRET }, "api_kee is not a known key; did you mean api_key?"],
  [{ models: [{ id: "m", qualty: 5 }] }, "models[0].qualty is not a known key; did you mean quality?"],
  [{ models: [{ id: "m" }, { id: "m" }] }, "models[1].id is the same as models[0].id"],
  [{ local: "yes" }, "local must be true or false, not text"],
  [{ id: undefined }, "id is missing"],
  [JSON.parse('{"auth": {"__proto__": "x"}}'), "auth.__proto__ is not a usable key"],
  [{ models: deep(100_000) }, "models[0][0] is nested too deeply"],
])("mistake %# is told with its path and never with its value", (body, told) => {
  expect(mistakeIn(body)).toStartWith(told);
  expect(mistakeIn(body)).not.toContain(SECRET);
});
