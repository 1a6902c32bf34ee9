import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import type { Key, NewKey } from "../../api-types.ts";
import { useOrg } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Confirm, Dialog } from "../../parts/dialog.tsx";
import { SelectField } from "../../parts/field.tsx";
import { Note } from "../../parts/notice.tsx";
import { bodyOf, changesOf, cloneOf, fieldsOf, type KeyFields, NEW_KEY } from "./key-fields.ts";
import { KeyForm } from "./key-form.tsx";

export type Open = "create" | "edit" | "clone" | "rotate" | "revoke";

interface KeyDialogsProps {
  open: Open | null;
  target: Key | null;
  /** With what has to be shown, where a secret was made. */
  onDone: (made: NewKey | null) => void;
}

export function KeyDialogs({ open, target, onDone }: KeyDialogsProps) {
  if (open === "create") return <Create title="Create a key" start={NEW_KEY} onDone={onDone} />;
  if (!target) return null;
  if (open === "clone")
    return (
      <Create
        title={`Clone “${target.name}”`}
        start={cloneOf(target)}
        orgId={target.org_id}
        onDone={onDone}
      />
    );
  if (open === "edit") return <Edit target={target} onDone={onDone} />;
  if (open === "rotate") return <Rotate target={target} onDone={onDone} />;
  return open === "revoke" ? <Revoke target={target} onDone={onDone} /> : null;
}

type Done = Pick<KeyDialogsProps, "onDone">;

/** What lists keys or their budgets is asked again. */
function useChange<Input>(
  change: (input: Input) => Promise<Key | NewKey>,
  onDone: (made: NewKey | null) => void,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (changed) => {
      for (const name of ["keys", "budgets"]) void client.invalidateQueries({ queryKey: [name] });
      onDone("key" in changed ? changed : null);
    },
  });
}

interface CreateProps extends Done {
  title: string;
  start: KeyFields;
  /** Absent = the one that is looked at. */
  orgId?: string;
}

function Create({ title, start, orgId, onDone }: CreateProps) {
  const looked = useOrg();
  const org_id = orgId ?? looked;
  const make = useChange((body: object) => api.createKey({ ...body, ...(org_id ? { org_id } : {}) }), onDone);
  return (
    <Dialog title={title} onClose={() => onDone(null)}>
      <KeyForm
        start={start}
        action="Create key"
        isBusy={make.isPending}
        error={make.error}
        onSubmit={(fields) => make.mutate(bodyOf(fields))}
      />
    </Dialog>
  );
}

function Edit({ target, onDone }: Done & { target: Key }) {
  const before = fieldsOf(target);
  const save = useChange((body: object) => api.updateKey(target.id, body), onDone);
  return (
    <Dialog title={`Change “${target.name}”`} onClose={() => onDone(null)}>
      <KeyForm
        start={before}
        action="Save"
        isBusy={save.isPending}
        error={save.error}
        onSubmit={(fields) => save.mutate(changesOf(before, fields))}
      />
    </Dialog>
  );
}

const OVERLAPS = [
  ["86400", "one day"],
  ["3600", "one hour"],
  ["604800", "one week"],
  ["0", "not at all: it ends now"],
] as const;

function Rotate({ target, onDone }: Done & { target: Key }) {
  const [overlap, setOverlap] = useState<string>(OVERLAPS[0][0]);
  const rotate = useChange((seconds: number) => api.rotateKey(target.id, seconds), onDone);
  return (
    <Dialog title={`Rotate “${target.name}”`} onClose={() => onDone(null)}>
      <div className="grid gap-4">
        <p>The key gets a new secret. Its id, budget and limits stay.</p>
        <SelectField
          label="The old secret goes on working for"
          value={overlap}
          choices={OVERLAPS.map(([value, label]) => ({ value, label }))}
          onChange={(event) => setOverlap(event.target.value)}
        />
        {rotate.error && (
          <Note tone="bad" role="alert">
            {rotate.error.message}
          </Note>
        )}
        <div className="flex justify-end">
          <Button kind="main" isBusy={rotate.isPending} onClick={() => rotate.mutate(Number(overlap))}>
            Rotate
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Revoke({ target, onDone }: Done & { target: Key }) {
  const revoke = useChange(() => api.revokeKey(target.id), onDone);
  return (
    <Confirm
      title={`Revoke “${target.name}”?`}
      action="Revoke it"
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate(undefined)}
      onClose={() => onDone(null)}
    >
      All its secrets end at once, and for good. Programs that use it are refused from their next request on.
    </Confirm>
  );
}
