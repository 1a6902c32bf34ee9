import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment, freePort, projectRoot } from "./children.ts";
import { type Absent, answers, MODELS, type Setting, type Target, UPSTREAM_KEY } from "./target.ts";

/** Any value of the right form becomes the first key of an empty store. */
const KEY = "neu_live_benchmark0000000000000000000000000000000000000000000";

function configuration(port: number, dataFolder: string, mockPort: number): object {
  const model = (id: string, upstream: string) => ({
    id,
    upstream,
    price: { input: "0.15", output: "0.60" },
    quality: 60,
    context: 128_000,
    max_output: 16_384,
  });
  return {
    server: { host: "127.0.0.1", port },
    data_dir: dataFolder,
    providers: [
      {
        id: "mock",
        dialect: "openai",
        base_url: `http://127.0.0.1:${mockPort}/v1`,
        api_key: UPSTREAM_KEY,
        local: true,
        models: Object.entries(MODELS).map(([id, upstream]) => model(id, upstream)),
      },
    ],
  };
}

/** Far above what a run spends: nothing is refused, everything is counted. */
const BOUNDS = {
  budget: { limit_usd: "1000000", period: "monthly" },
  rate_limit: { rpm: 100_000_000, tpm: 1_000_000_000_000, max_parallel: 100_000 },
};

/** Puts a budget and rate limits on every key and organization of a fresh gateway. Throws when one is not taken. */
async function bound(port: number, headers: Record<string, string>): Promise<void> {
  const api = `http://127.0.0.1:${port}/api/v1`;
  for (const list of ["orgs", "keys"]) {
    const { data } = (await (await fetch(`${api}/${list}`, { headers })).json()) as {
      data: { id: string }[];
    };
    for (const { id } of data) {
      const body = JSON.stringify(BOUNDS);
      const answer = await fetch(`${api}/${list}/${id}`, { method: "PATCH", headers, body });
      if (!answer.ok) throw new Error(`No budget on ${list}/${id}: ${await answer.text()}`);
    }
  }
}

/** The gateway as it is served, everything on: keys, budgets, rate limits, prices, ledger, metrics, log. */
export async function startGateway({ children, mockPort }: Setting): Promise<Target | Absent> {
  const port = await freePort();
  const folder = join(children.folder, "gateway");
  const file = join(folder, "nyuro.json");
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(configuration(port, join(folder, "data"), mockPort)));
  const command = ["sh", join(projectRoot, "bin", "nyuro"), "serve", "--config", file];
  const child = children.start(command, childEnvironment({ NYURO_BOOTSTRAP_KEY: KEY }));
  if (!(await answers(child, port, "/readyz", 30_000))) {
    return { name: "gateway", reason: `it did not start: ${child.lastWords()}` };
  }
  const headers = { authorization: `Bearer ${KEY}` };
  await bound(port, headers);
  return { name: "gateway", port, path: "/v1/chat/completions", headers, pid: child.pid };
}
