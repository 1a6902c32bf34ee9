import { type AddCommand, type Answer, answering, type Context } from "./context.ts";
import { type LimitOptions, limitsOf, withLimits } from "./limits.ts";
import { readAll } from "./pages.ts";
import { table } from "./table.ts";
import { addUpdateOrg } from "./update-org.ts";

interface NewOrgOptions extends LimitOptions {
  timeZone?: string;
}

/** `nyuro orgs list|create|update`. */
export const addOrgs: AddCommand = (program, context) => {
  const orgs = program.command("orgs").description("list, make and change organizations, which own keys");
  const list = orgs.command("list").description("organizations, newest first");
  answering(list, context, () => listOrgs(context));
  const create = orgs
    .command("create")
    .argument("<name>", "what it is called")
    .description("make an organization; `keys create --org` makes keys in it")
    .option("--time-zone <name>", "its calendar, as Europe/Vienna (default: UTC)");
  answering<NewOrgOptions>(
    withLimits(create, " by all its keys together"),
    context,
    async (options, name = "") => {
      const body = { name, time_zone: options.timeZone, ...limitsOf(options) };
      const answer = await context.api.send("POST", "/orgs", body);
      if ("problem" in answer) return answer;
      const { id } = answer.body;
      return { json: answer.body, text: `Organization ${String(id)} is made.` };
    },
  );
  addUpdateOrg(orgs, context);
};

async function listOrgs({ api }: Context): Promise<Answer> {
  const read = await readAll(api, "/orgs", {});
  if ("problem" in read) return read;
  const rows = read.entries.map((org) => [org.id, org.name, org.time_zone, shownLimit(org.rate_limit)]);
  return { json: read.entries, text: table(["ID", "NAME", "TIME ZONE", "RATE LIMIT"], rows) };
}

/** `rpm 600, max_parallel 50`; null = none. */
function shownLimit(limit: unknown): string | null {
  if (typeof limit !== "object" || limit === null) return null;
  const set = Object.entries(limit).filter(([, figure]) => figure !== null);
  return set.map(([name, figure]) => `${name} ${figure}`).join(", ");
}
