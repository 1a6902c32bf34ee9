import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import { Button } from "../../parts/button.tsx";
import { Snippet } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { Note } from "../../parts/notice.tsx";
import { useIsOwner } from "../../session.tsx";
import { ROLES } from "./roles.ts";

/** Makes a link; nobody is written to. */
export function Invite({ org_id, onClose }: { org_id: string; onClose: () => void }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState("developer");
  const isOwner = useIsOwner();
  const client = useQueryClient();
  const invite = useMutation({
    mutationFn: () => api.invite({ role, org_id, ...(email === "" ? {} : { email }) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["invitations"] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <Dialog title="Invite somebody" onClose={onClose}>
      {invite.data ? (
        <div className="grid gap-4">
          <Note tone="warn">The link is shown this once. Whoever opens it first becomes a member.</Note>
          <Snippet label="The invitation's link" text={invite.data.link} />
          <div className="flex justify-end">
            <Button kind="main" onClick={onClose}>
              Done
            </Button>
          </div>
        </div>
      ) : (
        <form onSubmit={submit} className="grid gap-4">
          <TextField
            label="Email"
            type="email"
            hint="Empty = whoever has the link."
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          <SelectField
            label="Role"
            value={role}
            hint={isOwner ? undefined : "Only an owner invites owners."}
            choices={Object.keys(ROLES)
              .filter((value) => isOwner || value !== "owner")
              .map((value) => ({ value, label: value }))}
            onChange={(event) => setRole(event.target.value)}
          />
          {invite.error && (
            <Note tone="bad" role="alert">
              {invite.error.message}
            </Note>
          )}
          <div className="flex justify-end">
            <Button type="submit" kind="main" isBusy={invite.isPending}>
              Make the link
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
