import { afterAll, expect, test } from "bun:test";
import { runCli } from "../testing/cli.ts";
import { manageScene } from "../testing/manage.ts";

const scene = await manageScene();
const manage = (await scene.keyWith(["manage"])).secret;
const inference = (await scene.keyWith(["inference"])).secret;

const stranger = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: ({ url }) =>
    url.includes("/html/")
      ? new Response("<html>welcome</html>")
      : url.includes("/away/")
        ? Response.redirect(`${scene.url}/api/v1/keys`)
        : Response.json({ error: "boom" }, { status: 500 }),
});
afterAll(() => stranger.stop(true));

const SECRET = manage.slice(15);

test.each([
  [
    "no server",
    { NYURO_URL: "http://127.0.0.1:9", NYURO_API_KEY: manage },
    "No server answers at http://127.0.0.1:9; start it with `nyuro serve`, or set NYURO_URL.",
  ],
  ["no key", { NYURO_URL: scene.url }, "NYURO_API_KEY is not set; it holds the key to ask with."],
  [
    "a bad key",
    { NYURO_URL: scene.url, NYURO_API_KEY: `${manage}x` },
    `The key in NYURO_API_KEY is not valid at ${scene.url}.`,
  ],
  [
    "a key without the scope",
    { NYURO_URL: scene.url, NYURO_API_KEY: inference },
    "The key in NYURO_API_KEY may not do this: This key lacks the scope `manage`.",
  ],
  [
    "no address",
    { NYURO_URL: "localhost", NYURO_API_KEY: manage },
    "NYURO_URL is not an http or https address.",
  ],
  [
    "another program",
    { NYURO_URL: `${stranger.url}html`, NYURO_API_KEY: manage },
    `What answers at ${stranger.url.origin} is not Nyuro (status 200); is NYURO_URL right?`,
  ],
  [
    "a redirect, which is not followed",
    { NYURO_URL: `${stranger.url}away`, NYURO_API_KEY: manage },
    `What answers at ${stranger.url.origin} is not Nyuro (status 302); is NYURO_URL right?`,
  ],
  [
    "another's error",
    { NYURO_URL: stranger.url.href, NYURO_API_KEY: manage },
    `What answers at ${stranger.url.origin} is not Nyuro (status 500); is NYURO_URL right?`,
  ],
])("%s is one sentence and exit code 1, and never shows the key", async (_, env, sentence) => {
  const { out, notes, exitCode } = await runCli(["keys", "list"], { env: env as Record<string, string> });
  expect({ out, notes, exitCode }).toEqual({ out: "", notes: `nyuro: ${sentence}`, exitCode: 1 });
  expect(notes).not.toContain(SECRET);
});

test.each([
  "",
  "/",
  "/v1",
  "/api/v1/",
])("NYURO_URL may end in '%s', and hold a password that is not shown", async (end) => {
  const env = { NYURO_URL: scene.url + end, NYURO_API_KEY: manage };
  expect((await runCli(["keys", "list"], { env })).exitCode).toBe(0);
  const closed = { ...env, NYURO_URL: `http://me:hunter2@127.0.0.1:9${end}` };
  expect((await runCli(["keys", "list"], { env: closed })).notes).not.toContain("hunter2");
});
