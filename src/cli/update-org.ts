import type { Command } from "commander";
import type { JsonObject } from "../core/json.ts";
import { answering, type Context } from "./context.ts";
import { type LimitOptions, limitsOf, saysLimits, withLimits } from "./limits.ts";
import { readAll } from "./pages.ts";

interface UpdateOptions extends LimitOptions {
  name?: string;
  timeZone?: string;
  storeBodies?: string;
  unknownPrice?: string;
}

/** `nyuro orgs update`: changes what is named, and nothing else. */
export function addUpdateOrg(orgs: Command, context: Context): void {
  const update = orgs
    .command("update")
    .argument("<id>", "org_…")
    .description("change what is named of an organization; `none` takes a limit away")
    .option("--name <name>", "what it is called")
    .option("--time-zone <name>", "its calendar, as Europe/Vienna")
    .option("--store-bodies <on|off>", "whether what its requests say and get is kept")
    .option(
      "--unknown-price <word>",
      "skip or allow models without a price; none = as the configuration says",
    );
  answering<UpdateOptions>(
    withLimits(update, " by all its keys together"),
    context,
    async (options, id = "") => {
      const current = saysLimits(options) ? await orgOf(context, id) : {};
      if ("problem" in current) return { problem: String(current.problem) };
      const answer = await context.api.send("PATCH", `/orgs/${encodeURIComponent(id)}`, {
        name: options.name,
        time_zone: options.timeZone,
        store_bodies: switchOf(options.storeBodies),
        unknown_price: options.unknownPrice === "none" ? null : options.unknownPrice,
        ...limitsOf(options, current),
      });
      if ("problem" in answer) return answer;
      return { json: answer.body, text: `Organization ${id} is changed.` };
    },
  );
}

/** As it is now; one that is not there is left for the server to tell of. */
async function orgOf({ api }: Context, id: string): Promise<JsonObject | { problem: string }> {
  const read = await readAll(api, "/orgs", {});
  return "problem" in read ? read : (read.entries.find((org) => org.id === id) ?? {});
}

/** What is neither is left for the server to refuse. */
function switchOf(word: string | undefined): unknown {
  return word === "on" ? true : word === "off" ? false : word;
}
