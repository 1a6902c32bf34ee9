import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiFailure, api } from "../../api.ts";
import type { Provider } from "../../api-types.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Check, SelectField, TextField } from "../../parts/field.tsx";
import { Note } from "../../parts/notice.tsx";
import { Tested } from "./provider-actions.tsx";

const KINDS = [
  { value: "address", label: "An address: my own machine, or a service" },
  { value: "preset", label: "A known service, by its preset" },
] as const;
const DIALECTS = ["openai", "anthropic", "gemini", "ollama"].map((value) => ({ value, label: value }));

const EMPTY = {
  kind: "address",
  id: "",
  preset: "",
  url: "",
  dialect: "openai",
  key: "",
  models: "",
  isLocal: false,
};
type Fields = typeof EMPTY;

function bodyOf({ kind, id, preset, url, dialect, key, models, isLocal }: Fields): object {
  const names = models.split(",").map((name) => name.trim());
  const given = names.filter((name) => name !== "").map((name) => ({ id: name }));
  return {
    id: id.trim(),
    ...(kind === "preset" ? { preset: preset.trim() } : { base_url: url.trim(), dialect }),
    ...(kind === "preset" && url.trim() !== "" ? { base_url: url.trim() } : {}),
    ...(key === "" ? {} : { api_key: key }),
    ...(isLocal ? { local: true } : {}),
    ...(given.length === 0 ? {} : { models: given }),
  };
}

/** As far as it may be known: never a credential. A twin has a name of its own. */
function twinOf({ id, preset, base_url, dialect, local, deployments }: Provider): Fields {
  return {
    ...EMPTY,
    ...{ kind: preset ? "preset" : "address", id: `${id}-copy`, preset: preset ?? "", url: base_url ?? "" },
    ...{ dialect, isLocal: local, models: deployments.map(({ model }) => model).join(", ") },
  };
}

/** It is added, then asked at once: what is wrong with it shows before anybody relies on it. */
export function AddProvider({ twin, onClose }: { twin?: Provider | undefined; onClose: () => void }) {
  const [fields, setFields] = useState(() => (twin ? twinOf(twin) : EMPTY));
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: async () => {
      const made = await api.addProvider(bodyOf(fields));
      return { id: made.id, test: await api.testProvider(made.id) };
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["providers"] }),
  });
  const tryOut = useMutation({ mutationFn: () => api.tryProvider(bodyOf(fields)) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const failed = tryOut.error ?? add.error;
  return (
    <Dialog
      title={twin ? `A copy of ${twin.id} that can be changed here` : "Add a provider"}
      onClose={onClose}
    >
      {add.data ? (
        <div className="grid gap-4">
          <p>
            <strong>{add.data.id}</strong> is added and serves.
          </p>
          <Tested test={add.data.test} />
          <div className="flex justify-end">
            <Button kind="main" onClick={onClose}>
              Done
            </Button>
          </div>
        </div>
      ) : (
        <form onSubmit={submit} className="grid gap-4">
          {twin && (
            <Note tone="info">
              Its credential is not known here: type it again. The one in the file stays as it is, and both
              serve their models.
            </Note>
          )}
          <Inputs fields={fields} set={(change) => setFields({ ...fields, ...change })} />
          <div role="status">{tryOut.data && !failed && <Tested test={tryOut.data} />}</div>
          {failed && (
            <Note tone="bad" role="alert">
              {failed instanceof ApiFailure && failed.param ? `${failed.param}: ` : ""}
              {failed.message}
            </Note>
          )}
          <div className="flex justify-end gap-2">
            <Button isBusy={tryOut.isPending} onClick={() => tryOut.mutate()}>
              Test without adding
            </Button>
            <Button type="submit" kind="main" isBusy={add.isPending}>
              Add and test
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

function Inputs({ fields, set }: { fields: Fields; set: (change: Partial<Fields>) => void }) {
  const isPreset = fields.kind === "preset";
  const typed = (name: "id" | "preset" | "url" | "key" | "models") => ({
    value: fields[name],
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
  });
  return (
    <>
      <SelectField
        label="What it is"
        value={fields.kind}
        choices={KINDS}
        onChange={(event) => set({ kind: event.target.value })}
      />
      <TextField
        label="Name"
        required
        hint="How it is called here and in requests, such as my-vps."
        {...typed("id")}
      />
      {isPreset && (
        <TextField
          label="Preset"
          required
          hint="Such as openai, anthropic, groq or mistral."
          {...typed("preset")}
        />
      )}
      <TextField
        label={isPreset ? "Address, if another than the preset's" : "Address"}
        type="url"
        required={!isPreset}
        placeholder="http://10.0.0.5:8000/v1"
        {...typed("url")}
      />
      {!isPreset && (
        <SelectField
          label="Speaks"
          value={fields.dialect}
          choices={DIALECTS}
          onChange={(event) => set({ dialect: event.target.value })}
        />
      )}
      <TextField
        label="API key"
        type="password"
        autoComplete="new-password"
        hint="Kept encrypted, never shown again."
        {...typed("key")}
      />
      <TextField
        label="Models"
        hint="Names with commas between; empty = those it lists itself."
        {...typed("models")}
      />
      <Check
        label="It is my own machine (private addresses are allowed, it costs nothing)"
        checked={fields.isLocal}
        onChange={(event) => set({ isLocal: event.target.checked })}
      />
    </>
  );
}
