import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useState } from "react";
import { api, type FacetAnswer, type Query as Filters } from "../../api.ts";
import { usePage } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { LOG_STATUSES } from "../../search.ts";
import { FILTERS } from "./log-query.ts";

const TYPING_MS = 300;

export function LogFilters({ facets }: { facets: Facets }) {
  const [search, change] = usePage("/logs");
  const isFiltered = FILTERS.some((name) => search[name] !== undefined);
  const clear = () => change(Object.fromEntries(FILTERS.map((name) => [name, undefined])));
  return (
    <search className="grid grid-cols-2 items-end gap-3 sm:grid-cols-3 lg:grid-cols-4 2xl:grid-cols-7">
      <SelectField
        label="Status"
        data-filter=""
        value={search.status ?? ""}
        choices={[{ value: "", label: "Any" }, ...LOG_STATUSES.map((value) => ({ value, label: value }))]}
        onChange={(event) => change({ status: LOG_STATUSES.find((it) => it === event.target.value) })}
      />
      <Suggested
        label="Model"
        value={search.model}
        choices={facets.model}
        onChange={(model) => change({ model })}
      />
      <Suggested
        label="Provider"
        value={search.provider}
        choices={facets.provider}
        onChange={(provider) => change({ provider })}
      />
      <Suggested label="Key" value={search.key} choices={facets.key} onChange={(key) => change({ key })} />
      <Suggested
        label="Industry"
        value={search.industry}
        choices={facets.industry}
        onChange={(industry) => change({ industry })}
      />
      <SelectField
        label="Fallback"
        value={search.fallback ?? ""}
        choices={[
          { value: "", label: "Any" },
          { value: "true", label: "Used" },
          { value: "false", label: "Not used" },
        ]}
        onChange={(event) => {
          const { value } = event.target;
          change({ fallback: value === "true" || value === "false" ? value : undefined });
        }}
      />
      <Button kind="quiet" icon="close" className="justify-self-start" disabled={!isFiltered} onClick={clear}>
        Clear filters
      </Button>
    </search>
  );
}

export interface FacetValue {
  value: string;
  label?: string;
}

export type Facets = Record<"model" | "provider" | "key" | "industry", readonly FacetValue[]>;

function facetsIn(answer: FacetAnswer, keyNames: ReadonlyMap<string, string>): Facets {
  const of = (name: string) => {
    const values = answer[name];
    return Array.isArray(values)
      ? values.flatMap(({ value, requests }) =>
          typeof value === "string"
            ? [{ value, label: `${keyNames.get(value) ?? value} (${requests})` }]
            : [],
        )
      : [];
  };
  return { model: of("model"), provider: of("provider"), key: of("key_id"), industry: of("industry") };
}

const NO_FACETS: Facets = { model: [], provider: [], key: [], industry: [] };

interface SuggestedProps {
  label: string;
  value: string | undefined;
  choices: readonly FacetValue[];
  onChange: (value: string | undefined) => void;
}

/** Free text with what there is as suggestions; the URL follows once the typing rests. */
function Suggested({ label, value = "", choices, onChange }: SuggestedProps) {
  const list = useId();
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => onChange(text.trim() || undefined), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <Field label={label}>
      {(wiring) => (
        <>
          <input
            {...wiring}
            className="field"
            type="search"
            autoComplete="off"
            placeholder="Any"
            list={list}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <datalist id={list}>
            {choices.map((choice) => (
              <option key={choice.value} value={choice.value} label={choice.label} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

/** What there is to choose from, counted by the server from its rollups; nothing where it does not say. */
export function useFacets(query: Filters, keyNames: ReadonlyMap<string, string>): Facets {
  const { data } = useQuery({
    queryKey: ["facets", query],
    queryFn: ({ signal }) => api.facets(query, signal),
    staleTime: 60_000,
    retry: false,
  });
  return data ? facetsIn(data, keyNames) : NO_FACETS;
}
