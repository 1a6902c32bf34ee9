import type { Capability, Deployment, Deprecation, Price } from "../core/deployment.ts";
import type { ModelFacts } from "./table.ts";

/** A model as its provider lists it just now; null = it does not say. */
export interface ToldModel {
  /** What the provider calls it. */
  id: string;
  contextLength: number | null;
  maxOutputTokens: number | null;
  capabilities: readonly Capability[] | null;
  /** Those of which the list says nothing; absent = it speaks of all, or of none. */
  untoldCapabilities?: readonly Capability[];
  kind: "chat" | "embedding" | null;
  price: Price | null;
  deprecation: Deprecation | null;
}

/** A model of which only the name is known. */
export function namedOnly(id: string): ToldModel {
  return {
    id,
    contextLength: null,
    maxOutputTokens: null,
    capabilities: null,
    kind: null,
    price: null,
    deprecation: null,
  };
}

/** What the provider says of a capability counts; where it is silent, what is known of the model. */
export function capabilitiesOf(
  told: ToldModel,
  facts: ModelFacts | null,
): Pick<Deployment, "capabilities" | "unknownCapabilities"> {
  const { capabilities, untoldCapabilities: untold = [] } = told;
  if (capabilities === null) return { capabilities: facts?.capabilities ?? null };
  if (untold.length === 0) return { capabilities };
  if (!facts) return { capabilities, unknownCapabilities: untold };
  return { capabilities: [...capabilities, ...untold.filter((it) => facts.capabilities.includes(it))] };
}
