import { type FormEvent, useState } from "react";
import { ApiFailure } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Check, SelectField, TextField } from "../../parts/field.tsx";
import { Note } from "../../parts/notice.tsx";
import { grants, useSession } from "../../session.tsx";
import { type KeyFields, PERIODS, SCOPES } from "./key-fields.ts";

const SCOPE_MEANS: Record<string, string> = {
  inference: "send requests",
  read: "see logs, figures and bills",
  manage: "also keys and budgets",
  admin: "everything, all organizations",
};

interface KeyFormProps {
  start: KeyFields;
  action: string;
  isBusy: boolean;
  error: Error | null;
  onSubmit: (fields: KeyFields) => void;
}

export function KeyForm({ start, action, isBusy, error, onSubmit }: KeyFormProps) {
  const [fields, setFields] = useState(start);
  const set = (change: Partial<KeyFields>) => setFields({ ...fields, ...change });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit(fields);
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <TextField
        label="Name"
        required
        maxLength={200}
        placeholder="Which program uses it"
        value={fields.name}
        onChange={(event) => set({ name: event.target.value })}
      />
      <Scopes chosen={fields.scopes} onChange={(scopes) => set({ scopes })} />
      <Money fields={fields} set={set} />
      <details className="grid gap-3">
        <summary className="font-medium">Limits, models and expiry</summary>
        <Limits fields={fields} set={set} />
      </details>
      {error && (
        <Note tone="bad" role="alert">
          {error instanceof ApiFailure && error.param ? `${error.param}: ` : ""}
          {error.message}
        </Note>
      )}
      <div className="flex justify-end">
        <Button type="submit" kind="main" isBusy={isBusy}>
          {action}
        </Button>
      </div>
    </form>
  );
}

function Scopes({ chosen, onChange }: { chosen: readonly string[]; onChange: (scopes: string[]) => void }) {
  const { scopes } = useSession();
  // Nobody grants what they have not.
  const possible = SCOPES.filter(
    (scope) => scope === "inference" || grants(scopes, scope) || chosen.includes(scope),
  );
  return (
    <fieldset className="grid gap-1">
      <legend className="font-medium">Scopes</legend>
      {possible.map((scope) => (
        <Check
          key={scope}
          label={
            <>
              {scope} <span className="text-quiet">{SCOPE_MEANS[scope]}</span>
            </>
          }
          checked={chosen.includes(scope)}
          onChange={(event) =>
            onChange(event.target.checked ? [...chosen, scope] : chosen.filter((it) => it !== scope))
          }
        />
      ))}
    </fieldset>
  );
}

interface PartProps {
  fields: KeyFields;
  set: (change: Partial<KeyFields>) => void;
}

export function Money({
  fields,
  set,
}: {
  fields: Pick<KeyFields, "limit" | "period" | "threshold">;
  set: PartProps["set"];
}) {
  return (
    <fieldset className="grid gap-3 sm:grid-cols-3">
      <legend className="pb-1 font-medium">Budget</legend>
      <TextField
        label="Limit in USD"
        inputMode="decimal"
        pattern="\d+(\.\d+)?"
        title="An amount such as 25.50"
        placeholder="None"
        value={fields.limit}
        onChange={(event) => set({ limit: event.target.value })}
      />
      <SelectField
        label="Period"
        value={fields.period}
        choices={PERIODS.map((value) => ({ value, label: value === "none" ? "never begins anew" : value }))}
        onChange={(event) => set({ period: event.target.value })}
      />
      <TextField
        label="First alert at %"
        type="number"
        min={1}
        max={100}
        value={fields.threshold}
        onChange={(event) => set({ threshold: event.target.value })}
      />
    </fieldset>
  );
}

const RATES = [
  ["rpm", "Requests per minute"],
  ["tpm", "Tokens per minute"],
  ["parallel", "Requests at once"],
] as const;

export function Rates({
  fields,
  set,
}: {
  fields: Pick<KeyFields, "rpm" | "tpm" | "parallel">;
  set: PartProps["set"];
}) {
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      {RATES.map(([name, label]) => (
        <TextField
          key={name}
          label={label}
          type="number"
          min={0}
          placeholder="No limit"
          value={fields[name]}
          onChange={(event) => set({ [name]: event.target.value })}
        />
      ))}
    </div>
  );
}

function Limits({ fields, set }: PartProps) {
  return (
    <div className="mt-3 grid gap-3">
      <Rates fields={fields} set={set} />
      <TextField
        label="Models"
        hint="Names with commas between; empty = all."
        value={fields.models}
        onChange={(event) => set({ models: event.target.value })}
      />
      <TextField
        label="Providers"
        hint="Names with commas between; empty = all."
        value={fields.providers}
        onChange={(event) => set({ providers: event.target.value })}
      />
      <TextField
        label="Last day (UTC)"
        type="date"
        hint="Empty = it does not expire."
        value={fields.expires}
        onChange={(event) => set({ expires: event.target.value })}
      />
    </div>
  );
}
