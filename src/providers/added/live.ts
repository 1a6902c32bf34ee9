import type { AddressPolicy } from "../address-policy.ts";
import type { AddedProvider } from "./added-provider.ts";

/** What is served just now, as those who add to it must know it. */
export interface LiveProviders {
  /** The name of the configuration file where it has this provider; null = it has none of that id. */
  fileOf(id: string): string | null;
  addressPolicy(): AddressPolicy;
  /** What would be wrong if these were all that was added, as sentences. */
  problemsOf(added: readonly AddedProvider[]): string[];
  /**
   * From now on these are all that was added; requests under way keep what they began with. Resolves when the one that
   * changed has told its models, or after half a second.
   */
  use(added: readonly AddedProvider[], changedId: string): Promise<void>;
}
