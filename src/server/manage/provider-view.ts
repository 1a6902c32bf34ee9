import type { AddedProvider } from "../../providers/added/added-provider.ts";
import type { Provider } from "../../providers/contract.ts";
import type { ManageParts, z } from "./contract.ts";
import { type providerSchema, showProvider, showUnusable } from "./provider-shape.ts";

type Shown = z.output<typeof providerSchema>;
type Parts = Pick<ManageParts, "services" | "added">;

/** Every provider as the API shows it: those that are called, and those added that cannot be. */
export function showProviders(parts: Parts): Shown[] {
  const { upstreams } = parts.services.gateway.snapshot();
  const called = [...upstreams.values()].map(({ provider }) => showCalled(provider, parts));
  const unusable = parts.added.list().filter(({ id }) => !upstreams.has(id));
  return [...called, ...unusable.map(showUnusable)];
}

/** With what the snapshot of this moment knows of it. */
export function showCalled(provider: Provider, { services, added }: Parts): Shown {
  const { gateway } = services;
  const { catalog, policy } = gateway.snapshot();
  const deployments = [...catalog.models.values()].flatMap((card) => card.deployments);
  const own = deployments.filter(({ providerId }) => providerId === provider.id);
  const isAdded = added.sourceOf(provider.id) === "api";
  const source = {
    source: added.sourceOf(provider.id),
    added: isAdded ? added.get(provider.id) : null,
    place: services.origins().providers.get(provider.id) ?? null,
  };
  return showProvider(provider, own, policy.draining.has(provider.id), source, gateway);
}

export function showAdded(it: AddedProvider, parts: Parts): Shown {
  const upstream = parts.services.gateway.snapshot().upstreams.get(it.id);
  return upstream ? showCalled(upstream.provider, parts) : showUnusable(it);
}
