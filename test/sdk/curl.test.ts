import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TEST_KEY } from "../../src/testing/gateway.ts";
import { root } from "../sources.ts";
import { openai } from "./scripted-openai.ts";
import { type SdkGateway, startSdkGateway } from "./sdk-gateway.ts";

const curl = Bun.which("curl");
if (curl === null) console.log("curl is not installed here: its line in the README was read, not run");

let gateway: SdkGateway;
beforeAll(async () => {
  gateway = await startSdkGateway({ "one/gpt-4o-mini": openai });
});
afterAll(() => gateway.stop());

/** The README's own command, to be pasted as it is; only the address differs. */
function readmeLine(): string {
  const blocks = readFileSync(join(root, "README.md"), "utf8").matchAll(/```sh\n(curl [\s\S]*?)\n```/g);
  const line = [...blocks].map(([, text = ""]) => text).find((text) => text.includes("/v1/chat/completions"));
  return (line ?? "").replace("http://127.0.0.1:4210", gateway.nyuro.url);
}

async function paste(line: string): Promise<string> {
  const shell = Bun.spawn(["sh", "-c", line], {
    env: { PATH: process.env.PATH, NYURO_API_KEY: TEST_KEY, HOME: "/nonexistent" },
    stderr: "pipe",
  });
  return await shell.stdout.text();
}

test("the README has the line, with a key from the environment", () => {
  expect(readmeLine()).toStartWith(`curl ${gateway.nyuro.url}/v1/chat/completions`);
  expect(readmeLine()).toContain("Authorization: Bearer $NYURO_API_KEY");
});

test("the README's curl line gets an answer when it is pasted into a shell", async () => {
  if (curl === null) return expect(Bun.which("curl")).toBeNull();
  const reply = JSON.parse(await paste(readmeLine()));
  expect(reply).toMatchObject({
    model: "gpt-4o-mini",
    choices: [{ message: { role: "assistant", content: "You said: Hello!" } }],
  });
});

test("curl -N with stream: true prints events up to [DONE]", async () => {
  if (curl === null) return expect(Bun.which("curl")).toBeNull();
  const said = await paste(readmeLine().replace("curl", "curl -N -i").replace("{", '{"stream": true, '));
  expect(said).toMatch(/^HTTP\/1\.1 200 /);
  expect(said).toMatch(/^x-nyuro-provider: one\r$/m);
  expect(said).toContain('"delta":{"content":"You"}');
  expect(said).toEndWith("data: [DONE]\n\n");
});

test("curl with a wrong key gets the error and its status", async () => {
  if (curl === null) return expect(Bun.which("curl")).toBeNull();
  const said = await paste(readmeLine().replace("curl", "curl -i").replace("$NYURO_API_KEY", "sk-another"));
  expect(said).toMatch(/^HTTP\/1\.1 401 /);
  expect(said).toContain('"code":"invalid_api_key"');
  expect(said).not.toContain(TEST_KEY);
});
