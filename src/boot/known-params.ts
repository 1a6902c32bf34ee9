import type { ParamsNotTaken } from "../core/params-not-taken.ts";
import type { Upstream } from "../gateway/gateway.ts";
import type { Provider } from "../providers/contract.ts";
import { paramsNotTaken } from "../providers/params-not-taken.ts";

/** What deployments do not take: asked of their dialect once, when somebody first wants to know. */
export class KnownParams {
  private readonly known = new WeakMap<Provider, Map<string, ParamsNotTaken>>();

  notTakenBy({ provider, dialect }: Upstream, upstreamModel: string): ParamsNotTaken {
    const models = this.known.get(provider) ?? new Map<string, ParamsNotTaken>();
    this.known.set(provider, models);
    const known = models.get(upstreamModel);
    if (known) return known;
    const { quirks, takesMetadata } = provider;
    const target = { upstreamModel, quirks, takesMetadata, maxOutputTokens: null, attachments: new Map() };
    const found = paramsNotTaken(dialect, target);
    models.set(upstreamModel, found);
    return found;
  }
}
