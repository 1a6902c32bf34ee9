import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonOf, manageScene } from "../../testing/manage.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { BuiltFiles } from "./built-files.ts";
import { serveConsole } from "./serve-console.ts";

const folder = temporaryDirectory();
const dist = join(folder, "dist");
mkdirSync(join(dist, "assets"), { recursive: true });
writeFileSync(join(folder, "secret"), "a secret beside the build");

function build(files: Record<string, { text: string; type: string; immutable: boolean }>): void {
  for (const [name, { text }] of Object.entries(files)) {
    writeFileSync(join(dist, name), text);
    writeFileSync(join(dist, `${name}.gz`), Bun.gzipSync(new TextEncoder().encode(text)));
  }
  const manifest = Object.entries(files).map(([name, { text: _, ...told }]) => [name, told]);
  writeFileSync(join(dist, "manifest.json"), JSON.stringify(Object.fromEntries(manifest)));
}

const page = { text: "<!doctype html>the page", type: "text/html; charset=utf-8", immutable: false };
const script = { text: "start()", type: "text/javascript; charset=utf-8", immutable: true };
let built = Promise.withResolvers<void>();
const scene = await manageScene({
  serveConsole: serveConsole({ files: new BuiltFiles(dist), built: () => built.promise }),
});
const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  fetch(scene.url + path, { method, headers, redirect: "manual", decompress: false });

test("the first page waits until the console is built; without one it says what to do", async () => {
  const waiting = get("/console");
  build({ "index.html": page, "assets/a-1.js": script });
  built.resolve();
  expect(await (await waiting).text()).toBe(page.text);
  built = Promise.withResolvers<void>();
  built.resolve();
  const empty = serveConsole({ files: new BuiltFiles(join(folder, "nothing")), built: async () => {} });
  const reply = await empty(new Request("http://x/console"), "/console");
  expect([reply?.status, await reply?.text()]).toEqual([
    503,
    expect.stringContaining("sh bin/run console/build.ts"),
  ]);
});

test.each([
  "/console",
  "/console/",
  "/console/logs",
  "/console/logs/req_1?q=a.b",
  "/console/setup?token=x",
])("%s is the page, never kept without asking", async (path) => {
  const reply = await get(path);
  expect([reply.status, await reply.text()]).toEqual([200, page.text]);
  expect(reply.headers.get("cache-control")).toBe("no-cache");
});

test("what is named by its content is kept for ever, zipped where that is taken", async () => {
  const plain = await get("/console/assets/a-1.js", { "accept-encoding": "identity" });
  expect([await plain.text(), plain.headers.get("content-encoding")]).toEqual([script.text, null]);
  expect(plain.headers.get("content-type")).toBe(script.type);
  expect(plain.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  const zipped = await get("/console/assets/a-1.js", { "accept-encoding": "br, gzip" });
  expect([zipped.headers.get("content-encoding"), zipped.headers.get("vary")]).toEqual([
    "gzip",
    "accept-encoding",
  ]);
  expect(new TextDecoder().decode(Bun.gunzipSync(await zipped.arrayBuffer()))).toBe(script.text);
});

test("every page forbids what is inline, foreign or framed, and tells nobody where one was", async () => {
  for (const path of ["/console", "/console/assets/a-1.js"]) {
    const { headers } = await get(path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  }
});

test.each([
  "/console/assets/../manifest.json",
  "/console/assets/gone-2.js",
  "/console/assets/a-1.js.gz",
  "/console/assets/%2e%2e/manifest.json",
  "/console/..%2fsecret",
  "/console/../secret",
  "/console//../../secret",
])("%s gives nothing away that is not in the manifest", async (path) => {
  const text = await (await get(path)).text();
  expect(text).not.toContain("secret beside");
  expect(text).not.toContain("immutable");
  expect(text).not.toContain(script.text);
});

test("a browser that opens the server lands in the console, a program is told that there is nothing", async () => {
  const browser = await get("/", { accept: "text/html,application/xhtml+xml" });
  expect([browser.status, browser.headers.get("location")]).toEqual([302, "/console"]);
  const program = await get("/", { accept: "*/*" });
  expect([program.status, (await jsonOf(program)).error.code]).toEqual([404, "not_found"]);
  expect((await get("/console", {}, "POST")).status).toBe(405);
});

test("a newer build is served from the next request on", async () => {
  build({ "index.html": { ...page, text: "the new page" } });
  expect(await (await get("/console")).text()).toBe("the new page");
  expect((await get("/console/assets/a-1.js")).status).toBe(404);
});
