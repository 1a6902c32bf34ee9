import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import type { ServerProcess } from "../process/server.ts";
import { browserTest, openPage } from "./browser.ts";
import { becomeOwner, freshGateway } from "./stage.ts";

/** Real requests out of the console, with nothing but its session. */

const HOSTILE = '<img src=x onerror="document.title=666">';
const chunk = (model: string, delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ ...{ id: "c1", object: "chat.completion.chunk", created: 1, model }, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

let upstream: ScriptedUpstream;
let server: ServerProcess;
let page: Page;
let finish = () => {};

beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("steady", async ({ body }, answer) => {
    answer.startStream();
    answer.chunk(chunk("steady", { role: "assistant", content: "first " }));
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    answer.chunk(chunk("steady", { content: HOSTILE }));
    answer.chunk(chunk("steady", {}, "stop"));
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    if (body.stream_options)
      answer.chunk(
        `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "steady", choices: [], usage })}\n\n`,
      );
    answer.chunk("data: [DONE]\n\n");
    answer.endStream();
  });
  upstream.on("busy", (_, answer) => answer.json(503, { error: { message: "overloaded" } }));
  const price = { input: 10, output: 20 };
  const models = [
    { id: "steady", price },
    { id: "busy", price },
  ];
  server = await freshGateway({
    config: { providers: [{ id: "box", base_url: upstream.baseUrl, local: true, models }] },
  });
});

afterAll(async () => {
  finish();
  await server.stop();
  await upstream.stop();
});

browserTest(
  "two models are asked at once: one streams word by word, the other's failure is told",
  async () => {
    page = await openPage();
    await becomeOwner(server, page);
    await page.goto(`${server.url}/console/playground?model=steady&second=busy`);
    await page.getByLabel("Prompt", { exact: true }).fill("a question of nobody's concern");
    await page.getByRole("button", { name: "Ask" }).click();
    await page.getByText("first", { exact: false }).first().waitFor();
    await page.getByRole("alert").waitFor();
    finish();
    await page.getByText(HOSTILE).waitFor();
    expect(await page.title()).toBe("Playground · Nyuro");
    expect(page.url()).not.toContain("question");
  },
);

browserTest("the decision, cost and tokens of the answer are there, and lead to its row", async () => {
  await page.getByText("10 in, 5 out").waitFor();
  expect(await page.getByText("box/steady").count()).toBeGreaterThan(0);
  expect(await page.getByText("$0.0002", { exact: true }).count()).toBe(1);
  await page.getByRole("link", { name: /^req_/ }).first().click();
  await page.getByRole("heading", { level: 1, name: /^req_/ }).waitFor();
  await page.getByText("Usage and cost").waitFor();
});

browserTest("an answer that is stopped is canceled up to the provider", async () => {
  await page.goto(`${server.url}/console/playground?model=steady`);
  await page.getByLabel("Prompt", { exact: true }).fill("again");
  const before = upstream.requestsFor("steady").length;
  await page.getByRole("button", { name: "Ask" }).click();
  await page.getByText("first", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await upstream.requestsFor("steady")[before]?.closed;
  await page.goto(`${server.url}/console/logs?status=canceled`);
  await page.getByRole("table").getByText("canceled").first().waitFor();
});
