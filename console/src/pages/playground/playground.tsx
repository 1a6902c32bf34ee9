import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api } from "../../api.ts";
import { PageLink, usePage } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Field, TextField } from "../../parts/field.tsx";
import { Failure, Note, Waiting } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { useMay } from "../../session.tsx";
import { Column } from "./column.tsx";
import { alongWith, type Replay, replayOf, wholeRequest } from "./replay.ts";
import { useAnswer } from "./use-answer.ts";

const SLOTS = [
  ["model", "Model"],
  ["second", "Second model"],
  ["third", "Third model"],
] as const;

/** One question to up to three models at once. The URL holds the models and what is asked again, never what was written. */
export function Playground() {
  const { replay: id } = usePage("/playground")[0];
  const { data, error, refetch } = useQuery({
    queryKey: ["log", id],
    queryFn: () => api.log(id ?? ""),
    enabled: id !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const body = data ? wholeRequest(data) : null;
  const replay = body === null ? null : replayOf(body);
  return (
    <Page title="Playground" about="Real requests: they are routed, billed and logged like any other.">
      {id && error && <Failure error={error} retry={() => void refetch()} />}
      {id && data && <Replayed id={id} replay={replay} />}
      {id && !data && !error ? <Waiting /> : <Asking key={id} replay={replay} />}
    </Page>
  );
}

/** What goes along with the form, and how to ask something else. */
function Replayed({ id, replay }: { id: string; replay: Replay | null }) {
  const along = replay && alongWith(replay);
  return (
    <Note tone={replay ? "info" : "warn"}>
      {replay ? "Asks again what was asked in " : "There is nothing kept that could be asked again of "}
      <PageLink to="/logs/$id" id={id}>
        {id}
      </PageLink>
      {along ? `, with all that the form does not show: ${along}.` : "."}{" "}
      <PageLink to="/playground">Begin anew</PageLink>
    </Note>
  );
}

function Asking({ replay }: { replay: Replay | null }) {
  const [search, change] = usePage("/playground");
  const { system = "", prompt = "", temperature = "", maxTokens = "" } = replay ?? {};
  const [fields, setFields] = useState({ system, prompt, temperature, maxTokens });
  const columns = { model: useAnswer(), second: useAnswer(), third: useAnswer() };
  const asked = SLOTS.filter(([slot]) => slot === "model" || search[slot] !== undefined);
  const isAsking = asked.some(([slot]) => columns[slot].answer.state === "asking");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { system, prompt, temperature, maxTokens } = fields;
    const numberOf = (text: string) => (text === "" ? null : Number(text));
    const numbers = { temperature: numberOf(temperature), maxTokens: numberOf(maxTokens) };
    const rest = { system, prompt, ...numbers, replay };
    for (const [slot] of asked) void columns[slot].start({ model: search[slot] ?? "", ...rest });
  };
  const stop = () => {
    for (const [slot] of asked) columns[slot].stop();
  };
  return (
    <>
      <form onSubmit={submit} className="panel grid gap-4 p-4">
        <div className="grid gap-4 md:grid-cols-3">
          {SLOTS.map(([slot, label]) => (
            <ModelField
              key={slot}
              label={label}
              isFirst={slot === "model"}
              value={search[slot]}
              onChange={(value) => change({ [slot]: value })}
            />
          ))}
        </div>
        <Inputs fields={fields} set={(patch) => setFields({ ...fields, ...patch })} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" kind="main" icon="play" isBusy={isAsking}>
            Ask
          </Button>
          <Button icon="stopped" disabled={!isAsking} onClick={stop}>
            Stop
          </Button>
        </div>
      </form>
      <div className={`grid gap-4 ${["", "", "lg:grid-cols-2", "lg:grid-cols-3"][asked.length]}`}>
        {asked.map(([slot]) => (
          <Column key={slot} model={search[slot] ?? ""} answer={columns[slot].answer} />
        ))}
      </div>
    </>
  );
}

interface Fields {
  system: string;
  prompt: string;
  temperature: string;
  maxTokens: string;
}

function Inputs({ fields, set }: { fields: Fields; set: (patch: Partial<Fields>) => void }) {
  return (
    <>
      <Field label="Prompt">
        {(wiring) => (
          <textarea
            {...wiring}
            required
            rows={4}
            className="field"
            value={fields.prompt}
            onChange={(event) => set({ prompt: event.target.value })}
          />
        )}
      </Field>
      <details>
        <summary className="font-medium">System prompt and settings</summary>
        <div className="mt-3 grid gap-4 md:grid-cols-[minmax(0,1fr)_10rem_10rem]">
          <Field label="System prompt">
            {(wiring) => (
              <textarea
                {...wiring}
                rows={2}
                className="field"
                value={fields.system}
                onChange={(event) => set({ system: event.target.value })}
              />
            )}
          </Field>
          <TextField
            label="Temperature"
            type="number"
            step="0.1"
            min={0}
            max={2}
            placeholder="The model's"
            value={fields.temperature}
            onChange={(event) => set({ temperature: event.target.value })}
          />
          <TextField
            label="Most tokens"
            type="number"
            min={1}
            placeholder="The model's"
            value={fields.maxTokens}
            onChange={(event) => set({ maxTokens: event.target.value })}
          />
        </div>
      </details>
    </>
  );
}

interface ModelFieldProps {
  label: string;
  isFirst: boolean;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

function ModelField({ label, isFirst, value = "", onChange }: ModelFieldProps) {
  const list = useId();
  const mayRead = useMay("read");
  const { data } = useQuery({
    queryKey: ["catalog", "names"],
    queryFn: () => api.catalog({ limit: 1000 }),
    enabled: mayRead,
  });
  const names = [...Object.keys(data?.aliases ?? {}), ...(data?.data.map(({ id }) => id) ?? [])];
  return (
    <>
      <TextField
        label={label}
        list={list}
        placeholder={isFirst ? "auto" : "None"}
        value={value}
        onChange={(event) => onChange(event.target.value || undefined)}
      />
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
