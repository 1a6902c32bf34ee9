import { fileJsonSchema } from "../../config/schema.ts";
import { isObject, type JsonObject } from "../../core/json.ts";
import {
  answers,
  creates,
  idParam,
  type ManageParts,
  onceHeader,
  type Resource,
  refused,
  routeOf,
  takes,
  z,
} from "./contract.ts";
import { providerSchema } from "./provider-shape.ts";
import { showAdded } from "./provider-view.ts";

/** One provider in the words of the configuration file, as JSON schema. What checks it is the reader of that file. */
function fileProvider(): JsonObject {
  const { properties } = fileJsonSchema();
  const list = isObject(properties) && isObject(properties.providers) ? properties.providers : {};
  return isObject(list.items) ? list.items : {};
}

/** All of it optional, and null to take a field away. */
function patchOfProvider(): JsonObject {
  const { properties, required: _, ...rest } = fileProvider();
  const { id: __, ...fields } = isObject(properties) ? properties : {};
  const orNull = (schema: unknown) => ({ anyOf: [schema, { type: "null" }] });
  const members = (schema: unknown) =>
    isObject(schema) && isObject(schema.additionalProperties)
      ? { ...schema, additionalProperties: orNull(schema.additionalProperties) }
      : schema;
  const nullable = Object.entries(fields).map(([name, schema]) => [name, orNull(members(schema))]);
  return { ...rest, properties: Object.fromEntries(nullable) };
}

const anyBody = z.record(z.string(), z.unknown());

export const newProvider = anyBody.openapi("NewProvider", fileProvider());

const create = routeOf("createProvider", {
  summary: "Add a provider; it serves at once, and after a restart",
  request: { headers: onceHeader, body: takes(newProvider) },
  responses: creates(providerSchema),
});

const update = routeOf("updateProvider", {
  summary: "Change a provider that was added by API; another address needs its secrets anew",
  request: { params: idParam, body: takes(anyBody.openapi("ProviderPatch", patchOfProvider())) },
  responses: answers(providerSchema),
});

const remove = routeOf("deleteProvider", {
  summary: "Take away a provider that was added by API; what is under way ends as it began",
  request: { params: idParam },
  responses: answers(z.object({ id: z.string(), deleted: z.literal(true) })),
});

/** `POST /providers`, `PATCH|DELETE /providers/{id}`. */
export const addProviderChanges: Resource = (app, parts: ManageParts) => {
  const { added } = parts;

  app.openapi(create, async (c) => {
    const made = await added.create(c.req.valid("json"), c.env.caller);
    return "refusal" in made ? refused(made.refusal) : c.json(showAdded(made, parts), 201);
  });

  app.openapi(update, async (c) => {
    const changed = await added.update(c.req.valid("param").id, c.req.valid("json"), c.env.caller);
    return "refusal" in changed ? refused(changed.refusal) : c.json(showAdded(changed, parts), 200);
  });

  app.openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    const refusal = await added.remove(id, c.env.caller);
    return refusal ? refused(refusal.refusal) : c.json({ id, deleted: true as const }, 200);
  });
};
