import { configure } from "../boot/configured.ts";
import type { Upstream } from "../gateway/gateway.ts";
import type { LiveProviders } from "../providers/added/live.ts";
import { DIALECTS } from "../providers/dialects/list.ts";

/** Providers that are added serve beside those of a map that stands for the configuration file; their models do not. */
export function liveUpstreams(upstreams: Map<string, Upstream>): LiveProviders {
  const ofFile = new Set(upstreams.keys());
  return {
    fileOf: (id) => (ofFile.has(id) ? "nyuro.yaml" : null),
    addressPolicy: () => ({ allow: [] }),
    problemsOf: () => [],
    async use(added) {
      for (const id of [...upstreams.keys()].filter((it) => !ofFile.has(it))) upstreams.delete(id);
      for (const { id, config } of added) {
        const made = config && configure(config, () => null);
        if (made && "provider" in made)
          upstreams.set(id, { provider: made.provider, dialect: DIALECTS[made.provider.dialect] });
      }
    },
  };
}
