import { afterAll, beforeAll, expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import { completion } from "../../src/testing/openai-replies.ts";
import { ScriptedUpstream } from "../../src/testing/scripted-upstream.ts";
import { freshFolder, KEY, providerEntry, root, type ServerProcess, startServer } from "./server.ts";

/** Nano-USD of one answer: 10 tokens at 1,000, 5 at 4,000. */
const COST = 30_000;
const MOST_REQUESTS = 20_000;

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await ScriptedUpstream.start();
  upstream.on("*", (_, answer) => answer.json(200, completion("m", "fine")));
});
afterAll(() => upstream.stop());

const models = [{ id: "m", price: { input: 1, output: 4 } }];
const config = () => ({ providers: [providerEntry("one", upstream.baseUrl, [], { models })] });

/**
 * No file may grow past this, which fails writes as a full disk does; the signal that comes with it is ignored.
 * https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html
 */
function limited(blocks: number): readonly string[] {
  const script = `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`;
  return ["sh", "-c", script, process.execPath, join(root, "src", "main.ts"), "serve"];
}

async function setBudget(server: ServerProcess, limitUsd: string): Promise<void> {
  const reply = await fetch(`${server.url}/api/v1/orgs/org_default`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ budget: { limit_usd: limitUsd } }),
  });
  expect(reply.status).toBe(200);
}

const BLOCK_BYTES = 512;
const blocksOf = (server: ServerProcess) =>
  Math.ceil(statSync(join(server.dataDir, "nyuro.db")).size / BLOCK_BYTES);

test.each([
  ["under a budget", "5"],
  ["without a budget", null],
])(
  "a disk that is full, %s: what was answered has its row, the rest is refused unsent, and room makes it work again",
  async (_, limitUsd) => {
    const folder = freshFolder();
    const first = await startServer({ folder, config: config() });
    expect((await first.chat("m", { max_tokens: 10 })).status).toBe(200);
    if (limitUsd !== null) await setBudget(first, limitUsd);
    expect(await first.stop()).toBe(0);
    const before = upstream.requests.length;

    const full = await startServer({ folder, config: config(), command: limited(blocksOf(first) + 256) });
    const statuses: number[] = [];
    let failures = 0;
    const isReady = async () => (await full.get("/readyz", null)).status === 200;
    // A probe is smaller than a row, and may fit where that does not.
    while ((failures < 40 || (await isReady())) && statuses.length < MOST_REQUESTS) {
      const replies = await Promise.all(Array.from({ length: 20 }, () => full.chat("m", { max_tokens: 10 })));
      for (const reply of replies) {
        const text = await reply.text();
        statuses.push(reply.status);
        if (reply.status === 200) continue;
        failures += 1;
        expect([reply.status, JSON.parse(text).error.code]).toEqual([500, "internal_error"]);
        expect(text).not.toMatch(/SQLITE|nyuro\.db|at .*\.ts/);
      }
    }
    expect(failures).toBeGreaterThanOrEqual(40);
    expect(await isReady()).toBe(false);
    expect((await full.get("/healthz", null)).status).toBe(200);
    const sentUp = upstream.requests.length - before;
    const answered = statuses.filter((status) => status === 200).length;
    await full.stop();

    const again = await startServer({ folder, config: config() });
    expect((await again.chat("m", { max_tokens: 10 })).status).toBe(200);
    expect((await again.get("/readyz", null)).status).toBe(200);
    expect(await again.stop()).toBe(0);
    const rows = again.rows();
    const told = rows.filter(({ usage_source }) => usage_source === "provider");
    expect(told.length).toBeGreaterThanOrEqual(answered + 2);
    for (const { cost_nano_usd } of told) expect(cost_nano_usd).toBe(COST);
    // Whatever the provider worked on is in the ledger, by its own figures or as held.
    const costly = rows.filter(({ cost_nano_usd }) => (cost_nano_usd ?? 0) >= COST);
    const logged = full.err.split("the row of a request could not be written").length - 1;
    expect(costly.length + (limitUsd === null ? logged : 0)).toBeGreaterThanOrEqual(sentUp + 2);
    expect(again.holds()).toEqual([]);
  },
  60_000,
);
