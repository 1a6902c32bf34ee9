import { type FormEvent, useEffect, useId, useState } from "react";
import { showCount } from "../../core/format.ts";
import { usePage } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Field, SelectField, TextField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LOG_STATUSES } from "../../search.ts";
import type { Facets, FacetValue } from "./facets.tsx";
import { FILTERS, readQuery, withFilter, withoutFilters, written } from "./log-query.ts";

const TYPING_MS = 300;

export function LogFilters({ facets }: { facets: Facets }) {
  const [search, change] = usePage("/logs");
  return (
    <search className="grid grid-cols-2 items-start gap-3 sm:grid-cols-3 lg:grid-cols-6 2xl:grid-cols-[2fr_repeat(6,1fr)]">
      <QueryBar key={written(search)} />
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
    </search>
  );
}

/** All filters as one line of text, which is read when it is sent. */
function QueryBar() {
  const [search, change] = usePage("/logs");
  const [text, setText] = useState(written(search));
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readQuery(text);
    if ("problem" in read) return setProblem(read.problem);
    setProblem(null);
    change({ ...withoutFilters(), ...read.filters });
  };
  return (
    <form onSubmit={submit} className="col-span-full 2xl:col-span-1">
      <TextField
        label="Query"
        type="search"
        spellCheck={false}
        placeholder="status:error model:gpt-4o"
        value={text}
        problem={problem}
        onChange={(event) => setText(event.target.value)}
      />
    </form>
  );
}

/** What is filtered by, each to be taken away by itself. */
export function Chips({ keyNames }: { keyNames: ReadonlyMap<string, string> }) {
  const [search, change] = usePage("/logs");
  const chosen = FILTERS.filter((name) => search[name] !== undefined);
  if (chosen.length === 0) return null;
  return (
    <ul aria-label="Filters" className="flex flex-wrap items-center gap-2">
      {chosen.map((name) => {
        const value = search[name] ?? "";
        return (
          <li key={name} className="min-w-0">
            <button
              type="button"
              className="inline-flex min-h-7 max-w-full items-center gap-1.5 rounded-full bg-accent-soft px-3 py-0.5 text-accent hover:brightness-95"
              aria-label={`Remove the filter ${name} ${value}`}
              onClick={() => change(withFilter(name, undefined))}
            >
              <span className="min-w-0 truncate">
                {name}:{" "}
                <b className="font-semibold">{name === "key" ? (keyNames.get(value) ?? value) : value}</b>
              </span>
              <Icon name="close" />
            </button>
          </li>
        );
      })}
      <li>
        <Button kind="quiet" onClick={() => change(withoutFilters())}>
          Clear filters
        </Button>
      </li>
    </ul>
  );
}

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
            {choices.map(({ value: known, label: shown, requests }) =>
              known === null ? null : (
                <option key={known} value={known} label={`${shown} (${showCount(requests)})`} />
              ),
            )}
          </datalist>
        </>
      )}
    </Field>
  );
}
