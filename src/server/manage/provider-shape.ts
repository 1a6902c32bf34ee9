import { type Clock, toRfc3339 } from "../../core/clock.ts";
import type { Deployment } from "../../core/deployment.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { Provider } from "../../providers/contract.ts";
import type { Health } from "../../routing/health.ts";
import { z } from "./contract.ts";

export const deploymentHealthSchema = z.object({
  id: z.string(),
  model: z.string(),
  status: z.enum(["ok", "resting"]),
  rest: z.object({ reason: z.string(), until: z.string() }).nullable(),
  breaker: z.enum(["closed", "open", "half_open", "ramping"]),
  in_flight: z.number(),
  ttft_p50_ms: z.number().nullable(),
});

/** Never holds a credential: what is not listed here is not shown. */
export const providerSchema = z
  .object({
    id: z.string(),
    preset: z.string().nullable(),
    dialect: z.string(),
    base_url: z.string().nullable().openapi({ description: "null = answers inside this program." }),
    local: z.boolean(),
    status: z.enum(["ok", "degraded", "resting", "no_models"]),
    draining: z.boolean().openapi({ description: "It takes no new requests." }),
    models: z.number(),
    deployments: z.array(deploymentHealthSchema),
  })
  .openapi("Provider");

export function showProvider(
  provider: Provider,
  deployments: readonly Deployment[],
  isDraining: boolean,
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
    status: statusOf(shown.length, resting),
    draining: isDraining,
    models: shown.length,
    deployments: shown,
  };
}

function statusOf(deployments: number, resting: number) {
  if (deployments === 0) return "no_models";
  if (resting === 0) return "ok";
  return resting === deployments ? "resting" : "degraded";
}

export function showHealth({ id, model }: Deployment, health: Health, clock: Clock) {
  const { rest, breaker, inFlight, ttftP50Ms } = health.view(id);
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
  };
}

/** Origin and path only: userinfo and query may hold secrets. */
function withoutCredentials(baseUrl: string): string | null {
  if (!URL.canParse(baseUrl)) return null;
  const { protocol, host, pathname } = new URL(baseUrl);
  if (protocol !== "http:" && protocol !== "https:") return null;
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}
