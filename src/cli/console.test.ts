import { expect, test } from "bun:test";
import { runCli } from "../testing/cli.ts";
import { PASSWORD, Visitor } from "../testing/console-visitor.ts";
import { manageScene } from "../testing/manage.ts";

const scene = await manageScene();
const run = (secret: string, ...line: string[]) =>
  runCli(["console", "link", ...line], { env: { NYURO_URL: scene.url, NYURO_API_KEY: secret } });

test("the operator's key gets a link that makes an owner", async () => {
  const { secret } = await scene.keyWith(["admin"]);
  const { link } = JSON.parse((await run(secret, "--json")).out);
  const { out } = await run(secret);
  expect(out).toStartWith(`${scene.url}/console/setup?token=`);
  const owner = { name: "Olive", email: "owner@example.com", password: PASSWORD };
  const setUp = (url: string) => {
    const token = new URL(url).searchParams.get("token");
    return new Visitor(scene.url).call("POST", "/api/v1/console/setup", { token, ...owner });
  };
  expect((await setUp(link)).status).toBe(410);
  expect((await setUp(out.split("\n")[0] ?? "")).status).toBe(201);
});

test("any other key gets none", async () => {
  const { secret } = await scene.keyWith(["manage"]);
  const { out, notes, exitCode } = await run(secret);
  expect([out, notes, exitCode]).toEqual(["", expect.stringContaining("lacks the scope `admin`"), 1]);
});
