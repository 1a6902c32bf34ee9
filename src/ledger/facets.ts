import type { Store } from "../store/open.ts";
import type { RequestMatch } from "../store/request-match.ts";
import {
  countKeptFacets,
  countRawFacets,
  FACETS,
  type Facet,
  type FacetCount,
} from "../store/rollup-facets.ts";
import { partsOf, type Span } from "../store/rollup-tiers.ts";
import { readKnowing } from "./sums.ts";

/** The commonest values of each; the others are only in the total. */
const MOST_VALUES = 100;

export interface FacetValue {
  /** Null = nobody answered, or none was told; `fallback_used` is 0 or 1. */
  value: string | number | null;
  requests: number;
}

export interface Facets {
  total: number;
  /** The commonest first. */
  of: Record<Facet, FacetValue[]>;
}

/** Which values the matching requests of a while have, and how many each: what one can filter by further. */
export async function facetsOf(store: Store, match: RequestMatch, span: Span): Promise<Facets> {
  const { queries } = store;
  const { results } = await readKnowing(store, (state) => {
    const { rollups, raw } = partsOf(span, state);
    return [
      ...rollups.map((part) => countKeptFacets(queries, match, part)),
      ...raw.map((part) => countRawFacets(queries, match, part)),
    ];
  });
  const counts = Map.groupBy(results.flat() as FacetCount[], ({ facet }) => facet);
  const values = FACETS.map((facet): [Facet, FacetValue[]] => [facet, addedUp(counts.get(facet) ?? [])]);
  const total = (values[0]?.[1] ?? []).reduce((sum, { requests }) => sum + requests, 0);
  const shown = values.map(([facet, all]) => [facet, all.slice(0, MOST_VALUES)]);
  return { total, of: Object.fromEntries(shown) as Facets["of"] };
}

function addedUp(counts: readonly FacetCount[]): FacetValue[] {
  const sums = new Map<string | number | null, number>();
  for (const { value, requests } of counts) sums.set(value, (sums.get(value) ?? 0) + requests);
  return [...sums]
    .map(([value, requests]) => ({ value, requests }))
    .sort((a, b) => b.requests - a.requests || (String(a.value) < String(b.value) ? -1 : 1));
}
