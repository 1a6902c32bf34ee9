import { type AddCommand, type Answer, answering, type Context } from "./context.ts";
import { readAll } from "./pages.ts";
import { table } from "./table.ts";

interface NewOrgOptions {
  timeZone?: string;
  rpm?: string;
  tpm?: string;
  maxParallel?: string;
}

/** `nyuro orgs list|create`. */
export const addOrgs: AddCommand = (program, context) => {
  const orgs = program.command("orgs").description("list and make organizations, which own keys");
  const list = orgs.command("list").description("organizations, newest first");
  answering(list, context, () => listOrgs(context));
  const create = orgs
    .command("create")
    .argument("<name>", "what it is called")
    .description("make an organization; `keys create --org` makes keys in it")
    .option("--time-zone <name>", "its calendar, as Europe/Vienna (default: UTC)")
    .option("--rpm <number>", "requests per minute of all its keys together")
    .option("--tpm <number>", "tokens per minute of all its keys together")
    .option("--max-parallel <number>", "requests at once of all its keys together");
  answering<NewOrgOptions>(create, context, async (options, name = "") => {
    const { timeZone: time_zone, rpm, tpm, maxParallel } = options;
    const figures = { rpm: numberOf(rpm), tpm: numberOf(tpm), max_parallel: numberOf(maxParallel) };
    const isLimited = Object.values(figures).some((figure) => figure !== undefined);
    const body = { name, time_zone, ...(isLimited ? { rate_limit: figures } : {}) };
    const answer = await context.api.send("POST", "/orgs", body);
    if ("problem" in answer) return answer;
    const { id } = answer.body;
    return { json: answer.body, text: `Organization ${String(id)} is made.` };
  });
};

/** What is no number is left for the server to refuse. */
function numberOf(text: string | undefined): unknown {
  return text === undefined || !/^\d+$/.test(text) ? text : Number(text);
}

async function listOrgs({ api }: Context): Promise<Answer> {
  const read = await readAll(api, "/orgs", {});
  if ("problem" in read) return read;
  const rows = read.entries.map((org) => [org.id, org.name, org.time_zone, limitsOf(org.rate_limit)]);
  return { json: read.entries, text: table(["ID", "NAME", "TIME ZONE", "RATE LIMIT"], rows) };
}

/** `rpm 600, max_parallel 50`; null = none. */
function limitsOf(limit: unknown): string | null {
  if (typeof limit !== "object" || limit === null) return null;
  const set = Object.entries(limit).filter(([, figure]) => figure !== null);
  return set.map(([name, figure]) => `${name} ${figure}`).join(", ");
}
