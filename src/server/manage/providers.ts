import type { Caller } from "../../core/caller.ts";
import { type ApiError, apiError } from "../../core/errors.ts";
import { insertAudit } from "../../store/audit-table.ts";
import { answers, idParam, pageOf, paging, type Resource, refused, routeOf, takes, z } from "./contract.ts";
import { pageByName } from "./page.ts";
import { providerSchema } from "./provider-shape.ts";
import { showCalled, showProviders } from "./provider-view.ts";

const list = routeOf("listProviders", {
  summary: "Providers by name, with the health of their deployments",
  request: { query: z.strictObject(paging) },
  responses: answers(pageOf(providerSchema)),
});

const reset = routeOf("resetProvider", {
  summary: "Forget why a provider's deployments rest: the next requests may go there",
  request: { params: idParam },
  responses: answers(providerSchema),
});

const drain = routeOf("drainProvider", {
  summary: "Take a provider out of service, or back; what is under way ends as it began",
  request: { params: idParam, body: takes(z.strictObject({ drain: z.boolean() })) },
  responses: answers(providerSchema),
});

/** `GET /providers`, `POST /providers/{id}/drain|reset`. */
export const addProviders: Resource = (app, parts) => {
  const { services, store } = parts;
  const { gateway } = services;

  app.openapi(list, (c) => {
    const page = pageByName(showProviders(parts), ({ id }) => id, "providers", c.req.valid("query"));
    if ("refusal" in page) return refused(page.refusal);
    return c.json({ data: page.items, next_cursor: page.nextCursor }, 200);
  });

  /** Audited before it is done. */
  const noted = (caller: Caller, action: string, object: string, details: object) =>
    store.writes.run(
      insertAudit(store.queries, {
        ...{ time_ms: gateway.clock.now(), actor_key_id: caller.keyId, org_id: caller.orgId },
        ...{ action, object, details: JSON.stringify(details) },
      }),
    );
  /** A reload may have taken it away while something was being written. */
  const shown = (id: string) => {
    const provider = gateway.snapshot().upstreams.get(id)?.provider;
    return provider ? showCalled(provider, parts) : null;
  };

  app.openapi(drain, async (c) => {
    const { id } = c.req.valid("param");
    if (!gateway.snapshot().upstreams.has(id)) return refused(unknownProvider());
    const { drain: isDraining } = c.req.valid("json");
    const wasDraining = gateway.snapshot().policy.draining.has(id);
    const details = { before: { draining: wasDraining }, after: { draining: isDraining } };
    await noted(c.env.caller, isDraining ? "provider.drain" : "provider.undrain", id, details);
    services.drain(id, isDraining);
    const provider = shown(id);
    return provider ? c.json(provider, 200) : refused(unknownProvider());
  });

  app.openapi(reset, async (c) => {
    const { id } = c.req.valid("param");
    const before = shown(id);
    if (!before) return refused(unknownProvider());
    const resting = before.deployments.filter(({ breaker, rest }) => rest || breaker !== "closed");
    const details = { before: { resting: resting.map((it) => it.model) }, after: { forgotten: true } };
    await noted(c.env.caller, "provider.reset", id, details);
    for (const deployment of before.deployments) gateway.health.reset(deployment.id);
    const provider = shown(id);
    return provider ? c.json(provider, 200) : refused(unknownProvider());
  });
};

export function unknownProvider(): ApiError {
  return apiError("not_found", "There is no such provider.");
}
