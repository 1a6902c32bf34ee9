import { EQUIVALENTS } from "./equivalents.ts";
import { splitSlug } from "./vendors.ts";

/** Every declared name → all names of its group, the canonical one first. */
const GROUPS: ReadonlyMap<string, readonly string[]> = new Map(
  EQUIVALENTS.flatMap((group) => group.map((name) => [name, group] as const)),
);

/** Without the vendor, the provider's own folders and Ollama's default tag; otherwise exactly as it was. */
export function plainNameOf(upstream: string): string {
  const { name } = splitSlug(upstream);
  const plain = name.endsWith(":latest") ? name.slice(0, -":latest".length) : name;
  return plain === "" ? upstream : plain;
}

/**
 * The one name under which a model of any provider is known. Letters keep their case: `Llama-3.3-70B-Instruct` and
 * `llama-3.3-70b-instruct` are one model because a table says so, never because they look alike.
 */
export function canonicalNameOf(upstream: string): string {
  const plain = plainNameOf(upstream);
  return GROUPS.get(plain)?.[0] ?? plain;
}

/** All declared names of the same weights, the canonical one first; only itself where none is declared. */
export function equivalentsOf(name: string): readonly string[] {
  return GROUPS.get(name) ?? [name];
}
