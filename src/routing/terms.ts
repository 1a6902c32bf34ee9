import type { Deployment } from "../core/deployment.ts";
import type { ParamsNotTaken } from "../core/params-not-taken.ts";
import type { RouteRequest } from "./request.ts";

/** What a deployment does not take of a request's fields. Asked only where a request requires that all are. */
export type NotTaken = (deployment: Deployment) => ParamsNotTaken;

/** What a deployment must satisfy for one entry of a request, rules and forms counted in. */
export interface Terms {
  request: RouteRequest;
  /** The caller's limit, or the rule's; null = none. */
  outputTokens: number | null;
  /** Nano-USD; the tighter of the caller's and the rule's; null = no limit. */
  maxCostNanoUsd: number | null;
  localOnly: boolean;
  /** Only what costs nothing. */
  freeOnly: boolean;
  /** 0–100; null = no floor. */
  qualityFloor: number | null;
  /** Provider ids that take no new requests. */
  draining: ReadonlySet<string>;
  notTaken: NotTaken;
  /** Nothing but capabilities, window and quality can refuse anybody: `isPlain` of the filter says so. */
  isPlain: boolean;
}
