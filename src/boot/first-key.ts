import { SCOPES } from "../core/caller.ts";
import type { Keys } from "../keys/keys.ts";

const DEFAULT_ORG = "org_default";

/**
 * The first key of an empty store, with every scope: the operator's own (`NYURO_BOOTSTRAP_KEY`), which is not shown,
 * or a new one, whose secret is returned to be printed once. Null = nothing to print.
 */
export async function makeFirstKey(keys: Keys, bootstrapKey: string | null): Promise<string | null> {
  if (!keys.isEmpty()) return null;
  const made = await keys.create({
    name: bootstrapKey === null ? "first key" : "bootstrap key",
    orgId: DEFAULT_ORG,
    scopes: [...SCOPES],
    ...(bootstrapKey === null ? {} : { secret: bootstrapKey }),
  });
  if ("refusal" in made) throw new Error(`the first key was refused: ${JSON.stringify(made.refusal)}`);
  return bootstrapKey === null ? made.secret : null;
}
