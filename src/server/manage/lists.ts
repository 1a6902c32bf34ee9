import type { Origin } from "../../config/origins.ts";
import type { ModelList } from "../../routing/policy.ts";
import { answers, originSchema, type Resource, routeOf, z } from "./contract.ts";

const listSchema = z
  .object({
    name: z.string(),
    models: z.array(z.string()),
    source: z
      .enum(["file", "curated"])
      .openapi({ description: "Whose list it is: yours, or the one we ship." }),
    origin: originSchema,
  })
  .openapi("ModelList");

export const listsSchema = z
  .object({
    industries: z.array(listSchema).openapi({ description: "What `industry:…` stands for." }),
    auto: z.array(listSchema).openapi({ description: "What `auto` stands for, by class of prompt." }),
  })
  .openapi("Lists");

const lists = routeOf("modelLists", {
  summary: "The models that industries and auto stand for, in the order they are tried",
  responses: answers(listsSchema),
});

function show(all: ReadonlyMap<string, ModelList>, origins: ReadonlyMap<string, Origin>) {
  return [...all].map(([name, { names, isCurated }]) => ({
    ...{ name, models: [...names], source: isCurated ? ("curated" as const) : ("file" as const) },
    origin: origins.get(name) ?? null,
  }));
}

/** `GET /lists`. */
export const addLists: Resource = (app, { services }) => {
  app.openapi(lists, (c) => {
    const { industries, auto } = services.gateway.snapshot().policy;
    const origins = services.origins();
    const shown = { industries: show(industries, origins.industries), auto: show(auto, origins.auto) };
    return c.json(shown, 200);
  });
};
