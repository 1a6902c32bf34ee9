import type { Deployment } from "../core/deployment.ts";

/** How the deployments of one part stand. */
export type Order = "price" | "latency" | "cost" | "quality" | "local";

/** Deployments that are ordered among themselves; parts stay in their order. */
export interface Part {
  deployments: readonly Deployment[];
  /** Null = as the request's `provider.sort` says, else by price. */
  order: Order | null;
  /** Only deployments that cost nothing (`:free`). */
  freeOnly: boolean;
}
