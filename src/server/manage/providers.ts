import { type ApiError, apiError } from "../../core/errors.ts";
import { insertAudit } from "../../store/audit-table.ts";
import { answers, idParam, pageOf, paging, type Resource, refused, routeOf, takes, z } from "./contract.ts";
import { pageByName } from "./page.ts";
import { providerSchema } from "./provider-shape.ts";
import { askForModels } from "./provider-test.ts";
import { showCalled, showProviders } from "./provider-view.ts";

const list = routeOf("listProviders", {
  summary: "Providers by name, with the health of their deployments",
  request: { query: z.strictObject(paging) },
  responses: answers(pageOf(providerSchema)),
});

const test = routeOf("testProvider", {
  summary: "Ask a provider for its models, now",
  request: { params: idParam },
  responses: answers(
    z.object({
      ok: z.boolean(),
      latency_ms: z.number(),
      models: z.number().nullable().openapi({ description: "How many it serves." }),
      fault: z
        .string()
        .nullable()
        .openapi({ description: "The kind of fault, as docs/errors.md lists them." }),
      http_status: z.number().nullable(),
    }),
  ),
});

const drain = routeOf("drainProvider", {
  summary: "Take a provider out of service, or back; what is under way ends as it began",
  request: { params: idParam, body: takes(z.strictObject({ drain: z.boolean() })) },
  responses: answers(providerSchema),
});

/** `GET /providers`, `POST /providers/{id}/drain`, `POST /providers/{id}/test`. */
export const addProviders: Resource = (app, parts) => {
  const { services, store } = parts;
  const { gateway } = services;

  app.openapi(list, (c) => {
    const page = pageByName(showProviders(parts), ({ id }) => id, "providers", c.req.valid("query"));
    if ("refusal" in page) return refused(page.refusal);
    return c.json({ data: page.items, next_cursor: page.nextCursor }, 200);
  });

  app.openapi(drain, async (c) => {
    const { id } = c.req.valid("param");
    if (!gateway.snapshot().upstreams.has(id)) return refused(unknownProvider());
    const { drain: isDraining } = c.req.valid("json");
    const wasDraining = gateway.snapshot().policy.draining.has(id);
    await store.writes.run(
      insertAudit(store.queries, {
        time_ms: gateway.clock.now(),
        actor_key_id: c.env.caller.keyId,
        org_id: c.env.caller.orgId,
        action: isDraining ? "provider.drain" : "provider.undrain",
        object: id,
        details: JSON.stringify({ before: { draining: wasDraining }, after: { draining: isDraining } }),
      }),
    );
    services.drain(id, isDraining);
    // A reload may have taken it away while this was being written.
    const provider = gateway.snapshot().upstreams.get(id)?.provider;
    return provider ? c.json(showCalled(provider, parts), 200) : refused(unknownProvider());
  });

  app.openapi(test, async (c) => {
    const upstream = gateway.snapshot().upstreams.get(c.req.valid("param").id);
    if (!upstream) return refused(unknownProvider());
    const startedMs = gateway.clock.monotonic();
    const answer = await askForModels(gateway, upstream);
    const latency_ms = Math.round(gateway.clock.monotonic() - startedMs);
    // The upstream's own words may hold anything, so only the kind of fault is told.
    return "kind" in answer
      ? c.json({ ok: false, latency_ms, models: null, fault: answer.kind, http_status: answer.status }, 200)
      : c.json({ ok: true, latency_ms, models: answer.length, fault: null, http_status: null }, 200);
  });
};

function unknownProvider(): ApiError {
  return apiError("not_found", "There is no such provider.");
}
