import type { Origin as Place } from "../../config/origins.ts";
import { type Clock, toRfc3339 } from "../../core/clock.ts";
import type { Deployment } from "../../core/deployment.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { AddedProvider } from "../../providers/added/added-provider.ts";
import type { Provider } from "../../providers/contract.ts";
import { presetOf } from "../../providers/presets/list.ts";
import type { Health } from "../../routing/health.ts";
import { originSchema, z } from "./contract.ts";

export const deploymentHealthSchema = z.object({
  id: z.string(),
  model: z.string(),
  status: z.enum(["ok", "resting"]),
  rest: z.object({ reason: z.string(), until: z.string() }).nullable(),
  breaker: z.enum(["closed", "open", "half_open", "ramping"]),
  in_flight: z.number(),
  ttft_p50_ms: z.number().nullable(),
  last_fault: z.object({ kind: z.string(), at: z.string() }).nullable().openapi({
    description: "What went wrong there last, as docs/errors.md names it; null = nothing lately.",
  }),
});

/** Never holds a credential: what is not listed here is not shown. */
export const providerSchema = z
  .object({
    id: z.string(),
    preset: z.string().nullable(),
    dialect: z.string(),
    base_url: z.string().nullable().openapi({ description: "null = answers inside this program." }),
    local: z.boolean(),
    source: z.enum(["file", "api", "found", "built_in"]).openapi({
      description: "Who said that it is there: only those of `api` can be changed here.",
    }),
    origin: originSchema,
    has_api_key: z.boolean(),
    api_key_end: z.string().nullable().openapi({
      description: "The last 4 characters of a long key that was given by API.",
    }),
    settings: z.record(z.string(), z.unknown()).nullable().openapi({
      description: "What was given by API, without its secrets; null = it was not added by API.",
    }),
    secrets: z
      .array(z.string())
      .openapi({ description: "Names of the fields that were given and are not shown." }),
    problem: z.string().nullable().openapi({ description: "Why it cannot be called; null = it can." }),
    created_at: z.string().nullable(),
    changed_at: z.string().nullable(),
    status: z.enum(["ok", "degraded", "resting", "no_models", "unusable"]),
    draining: z.boolean().openapi({ description: "It takes no new requests." }),
    models: z.number(),
    deployments: z.array(deploymentHealthSchema),
  })
  .openapi("Provider");

/** Where a provider comes from, as far as somebody said so. */
interface Source {
  source: "file" | "api" | null;
  /** null = not added by API. */
  added: AddedProvider | null;
  /** Its place in the configuration file; null = it is not in one. */
  place: Place | null;
}

export function showProvider(
  provider: Provider,
  deployments: readonly Deployment[],
  isDraining: boolean,
  { source, added, place }: Source,
  { health, clock }: Pick<Gateway, "health" | "clock">,
): z.output<typeof providerSchema> {
  const shown = deployments.map((deployment) => showHealth(deployment, health, clock));
  const resting = shown.filter(({ status }) => status === "resting").length;
  return {
    id: provider.id,
    preset: provider.presetId,
    dialect: provider.dialect,
    base_url: withoutCredentials(provider.baseUrl),
    local: provider.local,
    source: source ?? (withoutCredentials(provider.baseUrl) === null ? "built_in" : "found"),
    origin: place,
    has_api_key: provider.apiKey !== null,
    ...showSaid(added),
    status: statusOf(shown.length, resting),
    draining: isDraining,
    models: shown.length,
    deployments: shown,
  };
}

/** One that cannot be called: nobody knows more of it than what was said. */
export function showUnusable(added: AddedProvider): z.output<typeof providerSchema> {
  const { preset, dialect, base_url, local } = added.settings;
  return {
    id: added.id,
    preset: typeof preset === "string" ? preset : null,
    dialect: typeof dialect === "string" ? dialect : (presetOf(String(preset))?.dialect ?? "openai"),
    base_url: typeof base_url === "string" ? withoutCredentials(base_url) : null,
    local: local === true,
    source: "api",
    origin: null,
    has_api_key: added.secrets?.api_key !== undefined,
    ...showSaid(added),
    status: "unusable",
    draining: false,
    models: 0,
    deployments: [],
  };
}

const LONG_KEY = 24;
const SHOWN_CHARACTERS = 4;

function showSaid(added: AddedProvider | null) {
  const key = added?.secrets?.api_key ?? "";
  return {
    api_key_end: key.length < LONG_KEY ? null : key.slice(-SHOWN_CHARACTERS),
    settings: added && { ...added.settings },
    secrets: Object.keys(added?.secrets ?? {}),
    problem: added?.problem ?? null,
    created_at: added && toRfc3339(added.createdAtMs),
    changed_at: added && toRfc3339(added.changedAtMs),
  };
}

function statusOf(deployments: number, resting: number) {
  if (deployments === 0) return "no_models";
  if (resting === 0) return "ok";
  return resting === deployments ? "resting" : "degraded";
}

export function showHealth({ id, model }: Deployment, health: Health, clock: Clock) {
  const { rest, breaker, inFlight, ttftP50Ms, lastFault } = health.view(id);
  // A rest ends at a monotonic time, which only means something as a distance from now.
  const until = (untilMs: number) => toRfc3339(clock.now() + Math.max(0, untilMs - clock.monotonic()));
  return {
    id,
    model,
    status: rest ? ("resting" as const) : ("ok" as const),
    rest: rest && { reason: rest.reason, until: until(rest.untilMs) },
    breaker,
    in_flight: inFlight,
    ttft_p50_ms: ttftP50Ms,
    last_fault: lastFault && { kind: lastFault.kind, at: toRfc3339(lastFault.timeMs) },
  };
}

/** Origin and path only: userinfo and query may hold secrets. */
function withoutCredentials(baseUrl: string): string | null {
  if (!URL.canParse(baseUrl)) return null;
  const { protocol, host, pathname } = new URL(baseUrl);
  if (protocol !== "http:" && protocol !== "https:") return null;
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}
