import type { CatalogView, Deployment } from "../core/deployment.ts";
import { FAULTS, type Fault, isOfWholeProvider } from "../core/faults.ts";
import type { Health } from "../routing/health.ts";
import type { Rest } from "../routing/health-reader.ts";

export interface Learnt {
  /** The rest that begins; null = none does. */
  rest: Rest | null;
  /** How many other deployments begin to rest with it. */
  along: number;
}

/**
 * What health learns from a request that failed on a deployment, its retry included. Where a breaker opens because
 * nobody is there, those of the provider's other deployments open too: each would only find out by three more faulty
 * requests. Not where a probe fails: what has come back meanwhile stays.
 */
export function learn(
  health: Health,
  catalog: CatalogView,
  { id, providerId }: Deployment,
  fault: Fault,
  serial: number,
): Learnt {
  const wasProbed = health.view(id).breaker === "half_open";
  const rest = health.failed(id, fault.kind, fault.retryAfterMs, serial);
  const isLost = rest && FAULTS[fault.kind].rest === "repeated" && isOfWholeProvider(fault);
  if (!isLost || wasProbed) return { rest, along: 0 };
  const others = deploymentsOf(providerId, catalog).filter((other) => other !== id);
  health.restAlong(others, fault.kind);
  return { rest, along: others.length };
}

function deploymentsOf(providerId: string, { models }: CatalogView): string[] {
  return [...models.values()].flatMap(({ deployments }) =>
    deployments.filter((it) => it.providerId === providerId).map(({ id }) => id),
  );
}
