import type { Command } from "commander";
import { answering, type Context } from "./context.ts";
import { namesOf } from "./create-options.ts";
import { type LimitOptions, limitsOf, saysLimits, withLimits } from "./limits.ts";

interface UpdateOptions extends LimitOptions {
  name?: string;
  scopes?: string;
  models?: string;
  providers?: string;
  expires?: string;
}

/** `nyuro keys update`: changes what is named, and nothing else. */
export function addUpdateKey(keys: Command, context: Context): void {
  const update = keys
    .command("update")
    .argument("<id>", "key_…")
    .description("change what is named of a key; `none` takes a limit away")
    .option("--name <name>", "what it is for")
    .option("--scopes <list>", "inference, read, manage, admin; with commas")
    .option("--models <list>", "only these models or aliases; with commas")
    .option("--providers <list>", "only these providers; with commas")
    .option("--expires <time>", "RFC 3339 time at which it ends");
  answering<UpdateOptions>(withLimits(update), context, async (options, id = "") => {
    const path = `/keys/${encodeURIComponent(id)}`;
    const current = saysLimits(options) ? await context.api.get(path) : { body: {} };
    if ("problem" in current) return current;
    const answer = await context.api.send("PATCH", path, {
      name: options.name,
      scopes: namesOf(options.scopes),
      allowed_models: orNull(options.models, namesOf),
      allowed_providers: orNull(options.providers, namesOf),
      expires_at: orNull(options.expires, (time) => time),
      ...limitsOf(options, current.body),
    });
    if ("problem" in answer) return answer;
    return { json: answer.body, text: `Key ${id} is changed.` };
  });
}

function orNull<T>(written: string | undefined, read: (text: string | undefined) => T): T | null {
  return written === "none" ? null : read(written);
}
