import { apiError } from "../../core/errors.ts";
import { answers, idParam, pageOf, paging, type Resource, refused, routeOf, z } from "./contract.ts";
import { pageByName } from "./page.ts";
import { providerSchema, showProvider } from "./provider-shape.ts";
import { askForModels } from "./provider-test.ts";

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
      models: z.number().nullable().openapi({ description: "How many it named." }),
      fault: z
        .string()
        .nullable()
        .openapi({ description: "The kind of fault, as docs/errors.md lists them." }),
      http_status: z.number().nullable(),
    }),
  ),
});

/** `GET /providers`, `POST /providers/{id}/test`. */
export const addProviders: Resource = (app, { services }) => {
  const { gateway } = services;

  app.openapi(list, (c) => {
    const { upstreams, catalog } = gateway.snapshot();
    const providers = [...upstreams.values()].map(({ provider }) => provider);
    const page = pageByName(providers, ({ id }) => id, "providers", c.req.valid("query"));
    if ("refusal" in page) return refused(page.refusal);
    const deployments = [...catalog.models.values()].flatMap((card) => card.deployments);
    const data = page.items.map((provider) => {
      const own = deployments.filter(({ providerId }) => providerId === provider.id);
      return showProvider(provider, own, gateway.health, gateway.clock);
    });
    return c.json({ data, next_cursor: page.nextCursor }, 200);
  });

  app.openapi(test, async (c) => {
    const upstream = gateway.snapshot().upstreams.get(c.req.valid("param").id);
    if (!upstream) return refused(apiError("not_found", "There is no such provider."));
    const startedMs = gateway.clock.monotonic();
    const answer = await askForModels(gateway, upstream);
    const latency_ms = Math.round(gateway.clock.monotonic() - startedMs);
    // The upstream's own words may hold anything, so only the kind of fault is told.
    return "kind" in answer
      ? c.json({ ok: false, latency_ms, models: null, fault: answer.kind, http_status: answer.status }, 200)
      : c.json({ ok: true, latency_ms, models: answer.length, fault: null, http_status: null }, 200);
  });
};
