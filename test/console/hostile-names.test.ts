import { afterAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { requestIdOf } from "../../src/core/ids.ts";
import { catalogOf, deployment } from "../../src/testing/catalog.ts";
import { Visitor } from "../../src/testing/console-visitor.ts";
import { testProvider } from "../../src/testing/gateway.ts";
import { sampleRow } from "../../src/testing/ledger-row.ts";
import { jsonOf } from "../../src/testing/manage.ts";
import { streamEvents } from "../../src/testing/openai-replies.ts";
import { ruleOf } from "../../src/testing/policy.ts";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { browserTest } from "./browser.ts";
import { consoleScene } from "./scene.ts";
import { settled, visit } from "./visit.ts";

/*
 * Whatever can be named from outside is named by a script here. Each name has to be seen, as it was written, on the pages
 * that show it; nothing of it may run, and the content security policy has nothing to report on any page.
 */

/** Shown as text it is harmless and in sight; set as HTML it calls. */
const evil = (of: string) => `<img src=x onerror=pwned("${of}")><b onclick=pwned()>`;
const LINK = "javascript:pwned('link')";
const AGENT = "<svg onload=pwned('agent')>";

const upstream = await ScriptedUpstream.start();
afterAll(() => upstream.stop());
upstream.on("*", (_, answer) => {
  answer.startStream();
  for (const event of streamEvents(evil("upstream model"), [evil("an answer")])) answer.chunk(event);
  answer.endStream();
});
upstream.on("fails", (_, answer) =>
  answer.json(400, { error: { message: evil("an upstream error"), type: evil("type") } }),
);

const PROVIDER = evil("provider").replaceAll("/", "");
const MODEL = evil("model").replaceAll("/", "");
const scene = await consoleScene({
  providers: [testProvider(PROVIDER, upstream.baseUrl), testProvider("box", upstream.baseUrl)],
  catalog: catalogOf(
    [deployment(`${PROVIDER}/${MODEL}`), deployment("box/fails"), deployment(`box/${LINK}`)],
    {
      [evil("alias")]: [MODEL],
    },
  ),
  policy: { rules: [ruleOf(evil("rule"), { model: evil("when") }, { deny: evil("deny") })] },
});
const { owner } = scene;

async function made(path: string, body: object) {
  const reply = await owner.call("POST", `/api/v1${path}`, body, { "user-agent": AGENT });
  if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
  return jsonOf(Promise.resolve(reply));
}

await owner.call("PATCH", "/api/v1/orgs/org_default", { store_bodies: true });
const budget = { limit_usd: "0.000001", period: "none" };
const key = await made("/keys", { name: evil("key"), budget, metadata: { team: evil("metadata") } });
await made("/keys", { name: LINK, allowed_models: [evil("allowed")] });
const org = await made("/orgs", { name: evil("organization"), budget });
const invitation = await made("/invitations", { role: "viewer" });
const guest = new Visitor(scene.url);
const token = new URL(invitation.link).searchParams.get("token");
await guest.call("POST", "/api/v1/invitations/accept", {
  ...{ token, name: evil("person"), email: "guest@example.com", password: "a long enough password" },
});
await owner.call(
  "POST",
  "/api/v1/session",
  { email: "owner@example.com", password: "a long enough password" },
  { "user-agent": AGENT },
);

const sequence = 4711;
await scene.write(
  sampleRow({
    ...{ sequence, timeMs: scene.clock.now() - 60_000, keyId: key.id, costNanoUsd: 2_000 },
    ...{
      requestedModel: evil("asked for"),
      model: MODEL,
      provider: PROVIDER,
      upstreamModel: evil("upstream model"),
    },
    ...{
      industry: evil("industry"),
      task: evil("task"),
      routeReason: evil("reason"),
      errorCode: evil("error code"),
    },
    attempts: [
      { provider: evil("attempted"), model: evil("tried"), outcome: evil("outcome"), ms: 3 },
      { provider: LINK, model: LINK, outcome: LINK, ms: 3 },
    ],
    decision: JSON.stringify({
      ...{
        candidates: [`${evil("candidate").replaceAll("/", "")}/${LINK}`],
        excluded: { [evil("exclusion")]: 2 },
      },
      ...{ form: evil("form"), rule: evil("rule"), catalog: evil("catalog"), config: evil("config") },
    }),
  }),
);

/** Where the page is, and which of the names must be seen there. */
const PAGES: readonly (readonly [path: string, heading: string, texts: readonly string[]])[] = [
  ["/", "Overview", [MODEL]],
  ["/?group=provider", "Overview", [PROVIDER]],
  ["/logs", "Logs", [MODEL, PROVIDER, evil("asked for"), evil("key")]],
  [`/logs?model=${encodeURIComponent(evil("nothing"))}`, "Logs", [evil("nothing")]],
  [
    `/logs/${requestIdOf(sequence)}`,
    requestIdOf(sequence),
    [
      "asked for",
      "upstream model",
      "industry",
      "task",
      "reason",
      "error code",
      "attempted",
      "tried",
      "outcome",
      "form",
      "rule",
      "catalog",
      "config",
    ].map(evil),
  ],
  ["/models", "Models & aliases", [MODEL, PROVIDER, evil("alias"), LINK]],
  [`/models?q=${encodeURIComponent(evil("search"))}`, "Models & aliases", [evil("search")]],
  ["/routing", "Routing", [evil("rule"), evil("when"), evil("deny")]],
  ["/providers", "Providers & nodes", [PROVIDER]],
  [`/playground?model=${encodeURIComponent(LINK)}`, "Playground", [LINK]],
  ["/budgets", "Budgets & alerts", [evil("key"), evil("organization")]],
  ["/billing?month=2027-01", "Billing", [MODEL, PROVIDER, evil("key"), evil("industry")]],
  ["/settings/keys", "API Keys", [evil("key"), LINK, evil("allowed")]],
  [`/settings/organization?org=${org.id}`, "Organization", [evil("organization")]],
  ["/settings/members", "Members", [evil("person")]],
  ["/settings/audit", "Audit log", [JSON.stringify(evil("key")), JSON.stringify(evil("organization"))]],
  ["/settings/account", "Account", [AGENT]],
];

const WATCH = `
  window.broken = []; window.calls = [];
  window.pwned = (of) => { window.calls.push(String(of)) };
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
    window.broken.push(violatedDirective + " " + blockedURI + " " + sourceFile));
`;

/** What ran, what the policy stopped, and what of the names became part of the page. */
async function harm(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[
    ...window.calls.map((call) => "ran: " + call),
    ...window.broken.map((it) => "policy: " + it),
    ...[...document.querySelectorAll("*")].flatMap((element) => [...element.attributes])
      .filter(({ name, value }) => /^on/.test(name) || /^\\s*javascript:/i.test(value) && /^(href|src|action|formaction|data)$/.test(name))
      .map(({ name, value }) => "attribute: " + name + "=" + value),
    ...[...document.querySelectorAll("img[src=x], main b:not([class]), main script, iframe, object, embed")].map(({ outerHTML }) => "element: " + outerHTML),
  ]`);
}

/** What a person reads on it, fields included. */
async function read(page: Page): Promise<string> {
  return page.evaluate<string>(`[
    document.querySelector("main").innerText,
    ...[...document.querySelectorAll("input, textarea")].map(({ value }) => value),
    ...[...document.querySelectorAll("summary + *")].map(({ textContent }) => textContent),
  ].join("\\n")`);
}

const open = (page: Page, path: string, heading: string) =>
  visit(page, `${scene.url}/console${path}`, heading);

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(
    `every name is text on every page, and the policy has nothing to report, ${colorScheme}`,
    async () => {
      const page = await scene.pageOf(owner, { colorScheme });
      await page.addInitScript(WATCH);
      const found: string[] = [];
      page.on("dialog", (dialog) => {
        found.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      for (const [path, heading, texts] of PAGES) {
        await open(page, path, heading);
        const shown = await read(page);
        for (const text of texts) if (!shown.includes(text)) found.push(`${path} does not show ${text}`);
        found.push(...(await harm(page)).map((it) => `${path} ${it}`));
      }
      expect(found).toEqual([]);
    },
  );
}

browserTest("what the playground is answered is text, and so is what goes wrong upstream", async () => {
  const page = await scene.pageOf(owner);
  await page.addInitScript(WATCH);
  await open(page, `/playground?model=fails&second=${encodeURIComponent(MODEL)}`, "Playground");
  await page.getByLabel("Prompt", { exact: true }).fill(evil("a prompt"));
  await page.getByRole("button", { name: "Ask" }).click();
  await page.getByText(evil("an answer")).waitFor();
  await page.getByText("an upstream error").waitFor();
  await settled(page);
  expect(await harm(page)).toEqual([]);
  expect(await read(page)).toContain(evil("an upstream error"));
  // What was said is kept, and shown on the request's own page.
  await page.getByRole("main").getByRole("link", { name: /^req_/ }).last().click();
  for (const [tab, text] of [
    ["Request", evil("a prompt")],
    ["Response", evil("an answer")],
  ] as const) {
    await page.getByRole("tab", { name: tab }).click();
    await settled(page);
    expect(await read(page)).toContain(text);
    expect(await harm(page)).toEqual([]);
  }
});

browserTest("no link leads out of the console by what stands in its address", async () => {
  for (const next of [LINK, "//evil.example/", "https://evil.example/", "\\\\evil.example"]) {
    const stranger = await scene.pageOf(null);
    await stranger.addInitScript(WATCH);
    await stranger.goto(`${scene.url}/console/sign-in?next=${encodeURIComponent(next)}`);
    await stranger.getByLabel("Email").fill("owner@example.com");
    await stranger.getByLabel("Password").fill("a long enough password");
    await stranger.getByRole("button", { name: "Sign in" }).click();
    await stranger.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    expect(new URL(stranger.url()).origin).toBe(scene.url);
    expect(await harm(stranger)).toEqual([]);
    await stranger.context().close();
  }
});
