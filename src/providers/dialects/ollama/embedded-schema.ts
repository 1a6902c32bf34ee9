import { isObject, type JsonObject } from "../../../core/json.ts";

/**
 * A schema to be put inside another. References count from the root, so one that has any moves as a whole into the
 * root's `$defs` (`definitions` grows by it) and a reference stands in its place; without any it stays as it is.
 */
export function embeddedSchema(
  schema: Readonly<JsonObject>,
  name: string,
  definitions: Record<string, unknown>,
): JsonObject {
  let moved = false;
  const rewrite = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewrite);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (key !== "$ref" || typeof inner !== "string" || !inner.startsWith("#"))
          return [key, rewrite(inner)];
        moved = true;
        return [key, `#/$defs/${name}${inner.slice(1)}`];
      }),
    );
  };
  const rewritten = rewrite(schema);
  if (!moved) return schema;
  definitions[name] = rewritten;
  return { $ref: `#/$defs/${name}` };
}
