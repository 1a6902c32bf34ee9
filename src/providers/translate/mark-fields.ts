import type { Conversation } from "./conversation.ts";
import type { Toolbox } from "./tools.ts";

/** The fields by which a request marks what may be cached, as it calls them; empty = nothing is marked. */
export function markFields({ system, turns }: Conversation, { tools }: Toolbox): string[] {
  const marked = [...system, ...tools, ...turns.flatMap(({ parts }) => parts)];
  return [...new Set(marked.flatMap(({ cache }) => (cache ? [cache.field] : [])))];
}
