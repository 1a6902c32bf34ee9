import type { Gateway, Upstream } from "../../gateway/gateway.ts";
import { DIALECTS } from "../../providers/dialects/list.ts";
import { answers, idParam, type Resource, refused, routeOf, takes, z } from "./contract.ts";
import { newProvider } from "./provider-changes.ts";
import { askForModels } from "./provider-test.ts";
import { unknownProvider } from "./providers.ts";

export const testSchema = z
  .object({
    ok: z.boolean(),
    latency_ms: z.number(),
    models: z.number().nullable().openapi({ description: "How many it serves." }),
    fault: z.string().nullable().openapi({ description: "The kind of fault, as docs/errors.md lists them." }),
    http_status: z.number().nullable(),
  })
  .openapi("ProviderTest");

const test = routeOf("testProvider", {
  summary: "Ask a provider for its models, now",
  request: { params: idParam },
  responses: answers(testSchema),
});

const tryOut = routeOf("tryProvider", {
  summary: "Ask a provider for its models before it is added; nothing is kept",
  request: { body: takes(newProvider) },
  responses: answers(testSchema),
});

/** `POST /providers/test`, `POST /providers/{id}/test`. */
export const addProviderTests: Resource = (app, { services, added }) => {
  const { gateway } = services;

  app.openapi(tryOut, async (c) => {
    const provider = added.tryOut(c.req.valid("json"));
    if ("refusal" in provider) return refused(provider.refusal);
    return c.json(await tested(gateway, { provider, dialect: DIALECTS[provider.dialect] }), 200);
  });

  app.openapi(test, async (c) => {
    const upstream = gateway.snapshot().upstreams.get(c.req.valid("param").id);
    return upstream ? c.json(await tested(gateway, upstream), 200) : refused(unknownProvider());
  });
};

/** The upstream's own words may hold anything, so only the kind of fault is told. */
async function tested(gateway: Gateway, upstream: Upstream): Promise<z.output<typeof testSchema>> {
  const startedMs = gateway.clock.monotonic();
  const answer = await askForModels(gateway, upstream);
  const latency_ms = Math.round(gateway.clock.monotonic() - startedMs);
  return "kind" in answer
    ? { ok: false, latency_ms, models: null, fault: answer.kind, http_status: answer.status }
    : { ok: true, latency_ms, models: answer.length, fault: null, http_status: null };
}
