import { hasScope } from "../../core/caller.ts";
import type { Clock } from "../../core/clock.ts";
import { CAPABILITIES, type Deployment, type ModelCard } from "../../core/deployment.ts";
import type { Health } from "../../routing/health.ts";
import type { Services } from "../services.ts";
import { answers, originSchema, pageOf, paging, type Resource, refused, routeOf, z } from "./contract.ts";
import { pageByName } from "./page.ts";
import { priceSchema, showPrice } from "./price-shape.ts";
import { deploymentHealthSchema, showHealth } from "./provider-shape.ts";

const count = z.number().nullable();

export const deploymentSchema = z
  .object({
    id: z.string(),
    provider: z.string(),
    upstream_model: z.string(),
    price: priceSchema.nullable(),
    context_length: count,
    max_output_tokens: count,
    capabilities: z
      .array(z.enum(CAPABILITIES))
      .nullable()
      .openapi({ description: "null = nothing is known." }),
    unknown_capabilities: z
      .array(z.enum(CAPABILITIES))
      .openapi({ description: "Those of which nobody knows: they exclude nothing." }),
    quality: count,
    task_quality: z.record(z.string(), z.number()),
    kind: z.enum(["chat", "embedding"]).nullable(),
    deprecated: z.boolean().openapi({ description: "The provider gives it up; it is tried like any other." }),
    shutdown_date: z
      .string()
      .nullable()
      .openapi({ description: "Day from which calls fail, `YYYY-MM-DD`; null = not announced." }),
    local: z.boolean(),
    weight: z.number(),
    max_parallel: count,
    health: deploymentHealthSchema.omit({ id: true, model: true }),
  })
  .openapi("Deployment");

export const modelSchema = z
  .object({ id: z.string(), owned_by: z.string(), deployments: z.array(deploymentSchema) })
  .openapi("CatalogModel");

const catalog = routeOf("catalog", {
  summary: "Models by name, each with its deployments; the aliases with every page",
  request: { query: z.strictObject(paging) },
  responses: answers(
    pageOf(modelSchema).extend({
      revision: z.string(),
      aliases: z.record(z.string(), z.array(z.string())),
      alias_origins: z
        .record(z.string(), originSchema)
        .openapi({ description: "For the scope `admin`; empty for others." }),
    }),
  ),
});

function showDeployment(it: Deployment, health: Health, clock: Clock): z.output<typeof deploymentSchema> {
  const { id: _id, model: _model, ...observed } = showHealth(it, health, clock);
  return {
    id: it.id,
    provider: it.providerId,
    upstream_model: it.upstream,
    price: it.price && showPrice(it.price),
    context_length: it.contextLength,
    max_output_tokens: it.maxOutputTokens,
    capabilities: it.capabilities && [...it.capabilities],
    unknown_capabilities: [...(it.capabilities === null ? CAPABILITIES : (it.unknownCapabilities ?? []))],
    quality: it.quality,
    task_quality: { ...it.taskQuality },
    kind: it.kind,
    deprecated: it.deprecation !== null,
    shutdown_date: it.deprecation?.shutdownDate ?? null,
    local: it.local,
    weight: it.weight,
    max_parallel: it.maxParallel,
    health: observed,
  };
}

function showModel(
  { id, ownedBy, deployments }: ModelCard,
  health: Health,
  clock: Clock,
): z.output<typeof modelSchema> {
  return { id, owned_by: ownedBy, deployments: deployments.map((it) => showDeployment(it, health, clock)) };
}

function originsOf(aliases: Iterable<string>, { origins }: Pick<Services, "origins">) {
  const places = origins().aliases;
  return Object.fromEntries([...aliases].map((alias) => [alias, places.get(alias) ?? null]));
}

/** `GET /catalog`, from memory, with what was observed of each deployment. */
export const addCatalog: Resource = (app, { services }) => {
  app.openapi(catalog, (c) => {
    const { snapshot, health, clock } = services.gateway;
    const { models, aliases, revision } = snapshot().catalog;
    const page = pageByName(models.values(), ({ id }) => id, "catalog", c.req.valid("query"));
    if ("refusal" in page) return refused(page.refusal);
    const targets = [...aliases].map(([alias, names]) => [alias, [...names]] as const);
    return c.json(
      {
        data: page.items.map((card) => showModel(card, health, clock)),
        next_cursor: page.nextCursor,
        revision,
        aliases: Object.fromEntries(targets),
        alias_origins: hasScope(c.env.caller, "admin") ? originsOf(aliases.keys(), services) : {},
      },
      200,
    );
  });
};
