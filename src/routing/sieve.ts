import { CAPABILITIES, type Deployment } from "../core/deployment.ts";
import type { ExclusionReason } from "./exclusion.ts";
import { refusalOf } from "./filter.ts";
import type { Terms } from "./terms.ts";

/** A list taken apart: who can serve, in the order they came, and who cannot, each with the first reason. */
export interface Sifted {
  readonly kept: readonly Deployment[];
  readonly refused: readonly { deployment: Deployment; reason: ExclusionReason }[];
}

/** What plain terms found in one list, and the smallest window in it: more tokens than that may change the result. */
interface Known extends Sifted {
  readonly smallestWindow: number;
}

/**
 * Filters lists of deployments. Where nobody demands anything but that the model can do it, the result depends on the
 * list, the capabilities and the kind alone, as long as the prompt fits everywhere: then it is found out once for each
 * list and kept as long as the list, which is as long as its catalog.
 */
export class Sieve {
  private readonly known = new WeakMap<readonly Deployment[], Map<number, Known>>();

  sift(deployments: readonly Deployment[], terms: Terms): Sifted {
    if (!terms.isPlain || deployments.length < FEW || terms.request.preferences.requireParameters)
      return sifted(deployments, terms);
    let known = this.known.get(deployments);
    if (!known) {
      known = new Map();
      this.known.set(deployments, known);
    }
    const key = keyOf(terms);
    const found = known.get(key);
    const tokens = terms.request.promptTokens + (terms.outputTokens ?? 0);
    if (found) return tokens <= found.smallestWindow ? found : sifted(deployments, terms);
    const smallestWindow = smallestWindowOf(deployments);
    const result = sifted(deployments, terms);
    if (tokens <= smallestWindow) known.set(key, { ...result, smallestWindow });
    return result;
  }
}

/** Shorter lists are filtered faster than looked up. */
const FEW = 8;

function sifted(deployments: readonly Deployment[], terms: Terms): Sifted {
  const kept: Deployment[] = [];
  const refused: { deployment: Deployment; reason: ExclusionReason }[] = [];
  for (const deployment of deployments) {
    const reason = refusalOf(deployment, terms);
    if (reason === null) kept.push(deployment);
    else refused.push({ deployment, reason });
  }
  return { kept, refused };
}

/** A number for all that plain terms ask of a deployment besides its window. */
function keyOf({ request, qualityFloor }: Terms): number {
  let key = request.kind === "chat" ? 0 : 1;
  for (const need of request.needs) key |= 2 << CAPABILITIES.indexOf(need);
  // Floors are 0–100.
  return qualityFloor === null ? key : key + (1 + qualityFloor) * SHAPES;
}

const SHAPES = 2 << CAPABILITIES.length;

function smallestWindowOf(deployments: readonly Deployment[]): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const { contextLength } of deployments)
    if (contextLength !== null && contextLength < smallest) smallest = contextLength;
  return smallest;
}
