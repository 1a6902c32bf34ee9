import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, type FacetAnswer, type Query } from "../../api.ts";
import { showCount } from "../../core/format.ts";
import { usePage } from "../../location.tsx";
import { Icon } from "../../parts/icon.tsx";
import { type FilterName, withFilter } from "./log-query.ts";

export interface FacetValue {
  /** Null = what no filter can ask for: nobody answered, or none was told. */
  value: string | null;
  label: string;
  requests: number;
}

export type Facets = Record<FilterName, readonly FacetValue[]>;

/** The filters, in the API's words and ours. */
const GROUPS: readonly [FilterName, string, string, string][] = [
  ["status", "status", "Status", "none"],
  ["model", "model", "Model", "nobody answered"],
  ["provider", "provider", "Provider", "nobody answered"],
  ["key", "key_id", "Key", "none"],
  ["industry", "industry", "Industry", "none"],
  ["fallback", "fallback", "Fallback", "none"],
];
/** More are found by typing into the filter. */
const MOST_VALUES = 8;

export const NO_FACETS: Facets = { status: [], model: [], provider: [], key: [], industry: [], fallback: [] };

function facetsIn(answer: FacetAnswer, keyNames: ReadonlyMap<string, string>): Facets {
  const groups = GROUPS.map(([name, theirs, , nobody]) => {
    const values = answer[theirs];
    const shown = Array.isArray(values) ? values : [];
    const of = ({ value, requests }: (typeof shown)[number]): FacetValue => {
      const text = value === null ? null : String(value);
      return { value: text, requests, label: labelOf(name, text, keyNames) ?? nobody };
    };
    return [name, shown.map(of)];
  });
  return Object.fromEntries(groups) as Facets;
}

function labelOf(name: FilterName, value: string | null, keyNames: ReadonlyMap<string, string>) {
  if (value !== null && name === "key") return keyNames.get(value) ?? value;
  if (name === "fallback") return value === "true" ? "used" : "not used";
  return value;
}

/** What there is to choose from, counted by the server from its sums; nothing where it does not say. */
export function useFacets(query: Query, keyNames: ReadonlyMap<string, string>): Facets {
  const { data } = useQuery({
    queryKey: ["facets", query],
    queryFn: ({ signal }) => api.facets(query, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  return data ? facetsIn(data, keyNames) : NO_FACETS;
}

/** What the rows have, how many each, and one step to only those. */
export function FacetPanel({ facets }: { facets: Facets }) {
  const [search, change] = usePage("/logs");
  return (
    <div className="grid content-start gap-4 sm:grid-cols-2 xl:grid-cols-1">
      {GROUPS.filter(([name]) => facets[name].length > 0).map(([name, , title]) => (
        <div key={name}>
          <h3 className="pb-1 text-quiet">{title}</h3>
          <ul className="grid gap-px">
            {facets[name].slice(0, MOST_VALUES).map((facet) => (
              <li key={facet.value ?? ""}>
                <Facet
                  facet={facet}
                  isChosen={facet.value !== null && search[name] === facet.value}
                  onChoose={(value) => change(withFilter(name, value))}
                />
              </li>
            ))}
          </ul>
          {facets[name].length > MOST_VALUES && (
            <p className="px-2 text-quiet">{showCount(facets[name].length - MOST_VALUES)} more</p>
          )}
        </div>
      ))}
    </div>
  );
}

interface FacetProps {
  facet: FacetValue;
  isChosen: boolean;
  onChoose: (value: string | undefined) => void;
}

function Facet({ facet: { value, label, requests }, isChosen, onChoose }: FacetProps) {
  const inside = (
    <>
      <span className="min-w-0 break-words">
        {label}
        {isChosen && <Icon name="close" className="ml-1" />}
      </span>
      <span className="tabular-nums text-quiet">{showCount(requests)}</span>
    </>
  );
  const look = "flex min-h-7 w-full items-start justify-between gap-3 rounded px-2 py-1 text-start";
  if (value === null) return <p className={`${look} text-quiet italic`}>{inside}</p>;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      className={`${look} ${isChosen ? "bg-accent-soft font-semibold" : "hover:bg-sunken"}`}
      onClick={() => onChoose(isChosen ? undefined : value)}
    >
      {inside}
    </button>
  );
}
