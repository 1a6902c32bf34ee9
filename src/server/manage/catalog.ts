import { CAPABILITIES, type Deployment, type ModelCard } from "../../core/deployment.ts";
import { answers, pageOf, paging, type Resource, refused, routeOf, z } from "./contract.ts";
import { pageByName } from "./page.ts";
import { priceSchema, showPrice } from "./price-shape.ts";

const count = z.number().nullable();

const deploymentSchema = z
  .object({
    id: z.string(),
    provider: z.string(),
    upstream_model: z.string(),
    price: priceSchema.nullable(),
    context_length: count,
    max_output_tokens: count,
    capabilities: z.array(z.enum(CAPABILITIES)).nullable(),
    quality: count,
    kind: z.enum(["chat", "embedding"]).nullable(),
    local: z.boolean(),
    weight: z.number(),
    max_parallel: count,
  })
  .openapi("Deployment");

const modelSchema = z
  .object({ id: z.string(), owned_by: z.string(), deployments: z.array(deploymentSchema) })
  .openapi("CatalogModel");

const catalog = routeOf("catalog", {
  summary: "Models by name, each with its deployments; the aliases with every page",
  request: { query: z.strictObject(paging) },
  responses: answers(
    pageOf(modelSchema).extend({
      revision: z.string(),
      aliases: z.record(z.string(), z.array(z.string())),
    }),
  ),
});

function showDeployment(it: Deployment): z.output<typeof deploymentSchema> {
  return {
    id: it.id,
    provider: it.providerId,
    upstream_model: it.upstream,
    price: it.price && showPrice(it.price),
    context_length: it.contextLength,
    max_output_tokens: it.maxOutputTokens,
    capabilities: it.capabilities && [...it.capabilities],
    quality: it.quality,
    kind: it.kind,
    local: it.local,
    weight: it.weight,
    max_parallel: it.maxParallel,
  };
}

function showModel({ id, ownedBy, deployments }: ModelCard): z.output<typeof modelSchema> {
  return { id, owned_by: ownedBy, deployments: deployments.map(showDeployment) };
}

/** `GET /catalog`, from memory. */
export const addCatalog: Resource = (app, { services }) => {
  app.openapi(catalog, (c) => {
    const { models, aliases, revision } = services.gateway.snapshot().catalog;
    const page = pageByName(models.values(), ({ id }) => id, "catalog", c.req.valid("query"));
    if ("refusal" in page) return refused(page.refusal);
    const targets = [...aliases].map(([alias, names]) => [alias, [...names]] as const);
    return c.json(
      {
        data: page.items.map(showModel),
        next_cursor: page.nextCursor,
        revision,
        aliases: Object.fromEntries(targets),
      },
      200,
    );
  });
};
