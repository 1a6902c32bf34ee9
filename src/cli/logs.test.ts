import { expect, test } from "bun:test";
import { requestIdOf } from "../core/ids.ts";
import { runCli } from "../testing/cli.ts";
import { sampleRow } from "../testing/ledger-row.ts";
import { manageScene, START_MS } from "../testing/manage.ts";

const scene = await manageScene();
const read = (await scene.keyWith(["read"])).secret;
const env = { NYURO_URL: scene.url, NYURO_API_KEY: read };

let sequence = 0;
async function write(changes: Parameters<typeof sampleRow>[0] | object = {}): Promise<string> {
  sequence += 1;
  await scene.ledger.write(sampleRow({ timeMs: START_MS + sequence, ...changes, sequence }));
  return requestIdOf(sequence);
}

const idsIn = (out: string) => [...out.matchAll(/req_[0-9a-z]{11}/g)].map(([id]) => id);

test("the last requests are shown oldest first, as many as asked for", async () => {
  const ids = [await write(), await write({ status: "error", costNanoUsd: null }), await write()];
  const all = await runCli(["logs"], { env });
  expect(idsIn(all.out)).toEqual(ids);
  expect(all.out).toContain("0.000390900");
  expect(idsIn((await runCli(["logs", "-n", "2"], { env })).out)).toEqual(ids.slice(1));
  expect(idsIn((await runCli(["logs", "--status", "error"], { env })).out)).toEqual(ids.slice(1, 2));
  const json = JSON.parse((await runCli(["logs", "--json", "--limit", "1"], { env })).out);
  expect(json).toMatchObject([{ id: ids[2], cost_usd: "0.000390900" }]);
  expect((await runCli(["logs", "-n", "0"], { env })).notes).toContain("--limit must be");
});

test("what clients wrote cannot steer the terminal", async () => {
  await write({ model: null, requestedModel: "\u001b[2Jgone\u202e", status: "refused" });
  const { out } = await runCli(["logs", "-n", "1"], { env });
  expect(out).toContain("?[2Jgone?");
  expect(out).not.toContain("\u001b");
});

test("following shows each new request once, also one that began long ago and ended just now", async () => {
  const before = await write();
  const later: string[] = [];
  let turn = 0;
  const wait = async () => {
    turn += 1;
    if (turn === 1) later.push(await write({ timeMs: START_MS - 500_000 }), await write());
    if (turn === 3) later.push(await write());
    return turn < 5;
  };
  const { out, exitCode } = await runCli(["logs", "--follow", "-n", "1"], { env, wait });
  expect(idsIn(out)).toEqual([before, ...later]);
  expect(exitCode).toBe(0);
});

test("following outlives a server that is away, and says so once", async () => {
  let isAway = false;
  const gate = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url, headers }) => {
      if (isAway) return new Response("bad gateway", { status: 502 });
      return fetch(scene.url + new URL(url).pathname + new URL(url).search, { headers });
    },
  });
  let turn = 0;
  let missed = "";
  const wait = async () => {
    turn += 1;
    if (turn === 2) missed = await write();
    isAway = turn === 2 || turn === 3;
    return turn < 5;
  };
  const env = { NYURO_URL: gate.url.href, NYURO_API_KEY: read };
  const { out, notes } = await runCli(["logs", "--follow", "-n", "1"], { env, wait });
  await gate.stop(true);
  expect(idsIn(out).at(-1)).toBe(missed);
  expect(notes.split("\n").length).toBe(1);
  expect(notes).toEndWith("Still trying.");
});

test("following as JSON is one object a line", async () => {
  let turn = 0;
  const { out } = await runCli(["logs", "-f", "-n", "2", "--json"], { env, wait: async () => turn++ < 1 });
  const lines = out.split("\n").map((line) => JSON.parse(line).id);
  expect(lines.length).toBe(2);
});
