import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { completion, deltaEvent, streamEvents } from "../../src/testing/openai-replies.ts";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { KEY, type ServerProcess } from "../process/server.ts";
import { violations } from "./accessibility.ts";
import { browserTest, openPage } from "./browser.ts";
import { becomeOwner, freshGateway } from "./stage.ts";

/** What was said in a request, on its page: not kept until it is wanted, readable then, asked again, erased. */

const HOSTILE = '<img src=x onerror="document.title=666"><script>document.title=667</script>';
const TOOL = { type: "function", function: { name: "look_up", parameters: { type: "object" } } };

let upstream: ScriptedUpstream;
let server: ServerProcess;
let page: Page;

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("plain", ({ body }, answer) => {
    if (!body.stream) return answer.json(200, completion("plain", `An answer with ${HOSTILE}`));
    answer.startStream();
    const call = { index: 0, id: "t1", type: "function", function: { name: "look_up", arguments: '{"a":' } };
    const [role = "", ...end] = streamEvents("plain", []);
    const words = ["A streamed ", "answer ", HOSTILE].map((content) => deltaEvent("plain", { content }));
    const calls = [call, { index: 0, function: { arguments: "1}" } }];
    const pieces = calls.map((it) => deltaEvent("plain", { tool_calls: [it] }));
    for (const event of [role, ...words, ...pieces, ...end]) answer.chunk(event);
    answer.endStream();
  });
  const models = [{ id: "plain", price: { input: 10, output: 20 } }];
  server = await freshGateway({
    config: { providers: [{ id: "box", base_url: upstream.baseUrl, local: true, models }] },
  });
  page = await openPage();
  await becomeOwner(server, page);
});

afterAll(async () => {
  await server.stop();
  await upstream.stop();
});

const asked = (content: unknown) => ({
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "An earlier question" },
    { role: "assistant", content: "An earlier answer" },
    { role: "user", content },
  ],
  ...{ tools: [TOOL], temperature: 0.5, max_completion_tokens: 77, seed: 7 },
});

/** Sends a request and returns its id. */
async function send(body: object): Promise<string> {
  const reply = await server.chat("plain", body);
  await reply.text();
  return reply.headers.get("x-request-id") ?? "";
}

async function open(path: string): Promise<void> {
  await page.goto(`${server.url}/console${path}`);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
}

const tab = (name: string) => page.getByRole("tab", { name, exact: true });

browserTest("while they are not kept, the page says so and leads to where that is changed", async () => {
  const id = await send(asked("before"));
  await open(`/logs/${id}`);
  await tab("Request").click();
  await page.getByText("is not kept", { exact: false }).waitFor();
  await page.getByRole("link", { name: "Settings of the organization" }).click();
  await page.getByLabel(/^Store prompts and answers/).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved. It holds from the next request on.").waitFor();
});

browserTest(
  "kept, both sides are there as text, whatever they hold; the view stands in the address",
  async () => {
    const id = await send(asked(HOSTILE));
    await open(`/logs/${id}`);
    await tab("Request").focus();
    await page.keyboard.press("ArrowLeft");
    await tab("Trace").press("End");
    expect(await tab("Response").getAttribute("aria-selected")).toBe("true");
    await page.getByText(`An answer with ${HOSTILE}`).waitFor();
    expect(page.url()).toContain("show=response");
    await page.reload();
    await page.getByText(`An answer with ${HOSTILE}`).waitFor();
    await tab("Request").click();
    for (const text of ["Be brief.", "An earlier question", HOSTILE])
      await page.getByText(text, { exact: true }).waitFor();
    await page.getByRole("button", { name: "As text" }).click();
    expect(await page.getByLabel("What was asked").textContent()).toContain('"max_completion_tokens": 77');
    expect(page.url()).toContain("as=text");
    expect(await page.title()).toBe(`${id} · Nyuro`);
    expect(await page.locator("main script, main img").count()).toBe(0);
  },
);

browserTest("a streamed answer is put together, its events are one click away", async () => {
  const id = await send({ ...asked("stream it"), stream: true });
  await open(`/logs/${id}?show=response`);
  await page.getByText(`A streamed answer ${HOSTILE}`).waitFor();
  await page.getByText("Calls look_up").waitFor();
  expect(await page.getByLabel("Calls look_up").textContent()).toBe('{\n  "a": 1\n}');
  await page.getByRole("button", { name: "As text" }).click();
  expect(await page.getByLabel("What was answered").textContent()).toContain("data: [DONE]");
});

for (const [colorScheme, width] of [
  ["light", 390],
  ["dark", 1440],
] as const)
  browserTest(`no view is wider than ${width} px, and axe finds nothing, ${colorScheme}`, async () => {
    const state = await page.context().storageState();
    const own = await openPage({ colorScheme, viewport: { width, height: 844 }, storageState: state });
    const kept = await send(asked("x".repeat(3_000)));
    const refused = await send({ messages: 5 });
    const found: string[] = [];
    for (const path of [
      ...[
        `/logs/${kept}?show=request`,
        `/logs/${kept}?show=request&as=text`,
        `/logs/${refused}?show=response`,
      ],
      ...[`/playground?replay=${kept}`, "/settings/organization"],
    ]) {
      await own.goto(`${server.url}/console${path}`);
      await own.getByRole("heading", { level: 1 }).first().waitFor();
      await own.waitForLoadState("networkidle");
      const over = await own.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      if (over > 0) found.push(`${path} is ${over} px too wide`);
      found.push(...(await violations(own)).map((violation) => `${path} ${violation}`));
    }
    expect(found).toEqual([]);
    await own.close();
  });

browserTest("replayed, all of it is asked again, with what was changed", async () => {
  const id = await send(asked("what it was"));
  await open(`/logs/${id}`);
  await page.getByRole("link", { name: "Replay in the playground" }).click();
  const prompt = page.getByLabel("Prompt", { exact: true });
  await prompt.waitFor();
  expect(await prompt.inputValue()).toBe("what it was");
  await page.getByText("2 more messages, tools, seed", { exact: false }).waitFor();
  await prompt.fill("what it is");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.getByText("A streamed answer", { exact: false }).waitFor();
  const { model, stream, stream_options, ...sent } = upstream.requestsFor("plain").at(-1)?.body ?? {};
  expect(sent).toEqual(asked("what it is"));
  expect(page.url()).not.toContain("what");
});

browserTest("erased by the operator, they are gone from the page; the row stays", async () => {
  const id = await send(asked("to be erased"));
  await open("/settings/organization");
  await page.getByRole("button", { name: "Erase all of them …" }).click();
  await page.getByRole("button", { name: "Erase", exact: true }).click();
  await page.getByText(/^Erased, of \d+ requests\.$/).waitFor();
  await open(`/logs/${id}?show=request`);
  await page.getByText("is not kept", { exact: false }).waitFor();
  await page.getByRole("link", { name: "Open in the playground" }).waitFor();
  const headers = { authorization: `Bearer ${KEY}` };
  const reply = await fetch(`${server.url}/api/v1/logs/${id}`, { headers });
  expect(JSON.parse(await reply.text())).toMatchObject({ status: "ok", bodies: null });
});
