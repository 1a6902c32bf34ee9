import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import type { Invitation, Member } from "../../api-types.ts";
import { showTime } from "../../core/zone.ts";
import { useOrg, useZone } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Failure, Note, Waiting } from "../../parts/notice.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useIsOwner, useSession } from "../../session.tsx";
import { Invite } from "./invite.tsx";
import { ROLES, type Role } from "./roles.ts";

/** One organization's people: the one that is chosen above, else one's own. */
function useOneOrg(): string {
  const chosen = useOrg();
  const { org } = useSession();
  return chosen ?? org.id;
}

export function Members() {
  const org_id = useOneOrg();
  const [isInviting, setInviting] = useState(false);
  const { role } = useSession();
  const isOwner = useIsOwner();
  return (
    <Page
      title="Members"
      about="Who may look at this console, and as what. Programs use keys instead."
      actions={
        <Button kind="main" icon="plus" onClick={() => setInviting(true)}>
          Invite
        </Button>
      }
    >
      <People org_id={org_id} />
      <Invitations org_id={org_id} />
      {isOwner || (
        <Note tone="info">
          {OWNERS_ONLY} You are {role}.
        </Note>
      )}
      <Roles />
      {isInviting && <Invite org_id={org_id} onClose={() => setInviting(false)} />}
    </Page>
  );
}

function People({ org_id }: { org_id: string }) {
  const client = useQueryClient();
  const [leaving, setLeaving] = useState<Member | null>(null);
  const again = () => client.invalidateQueries({ queryKey: ["members"] });
  const { data, error, refetch } = useQuery({
    queryKey: ["members", org_id],
    queryFn: () => api.members({ org_id, limit: 1000 }),
  });
  const change = useMutation({
    mutationFn: ({ id, role }: { id: string; role: string }) => api.updateMember(id, role, { org_id }),
    onSettled: again,
  });
  const remove = useMutation({
    mutationFn: (id: string) => api.removeMember(id, { org_id }),
    onSuccess: () => {
      setLeaving(null);
      void again();
    },
  });
  const columns = memberColumns(
    useZone(),
    useIsOwner(),
    (member, role) => change.mutate({ id: member.id, role }),
    setLeaving,
  );
  return (
    <Panel title="Members" isFlush>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {change.error && (
        <Note tone="bad" role="alert">
          {change.error.message}
        </Note>
      )}
      {data && <Table caption="Members" columns={columns} rows={data.data} idOf={({ id }) => id} />}
      {leaving && (
        <Confirm
          title={`Remove ${leaving.name}?`}
          action="Remove"
          isBusy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(leaving.id)}
          onClose={() => setLeaving(null)}
        >
          Their sessions here end at once. Keys stay as they are.
        </Confirm>
      )}
    </Panel>
  );
}

const OWNERS_ONLY = "Only an owner makes and unmakes owners.";

function memberColumns(
  zone: string,
  isOwner: boolean,
  onRole: (member: Member, role: string) => void,
  onRemove: (member: Member) => void,
): Column<Member>[] {
  return [
    { id: "name", title: "Name", cell: ({ name }) => <span className="font-medium">{name}</span> },
    { id: "email", title: "Email", cell: ({ email }) => email },
    {
      id: "role",
      title: "Role",
      cell: (member) => (
        <select
          className="field w-36"
          aria-label={`Role of ${member.name}`}
          value={member.role}
          disabled={member.role === "owner" && !isOwner}
          title={isOwner ? undefined : OWNERS_ONLY}
          onChange={(event) => onRole(member, event.target.value)}
        >
          {Object.keys(ROLES).map((role) => (
            <option key={role} disabled={role === "owner" && !isOwner}>
              {role}
            </option>
          ))}
        </select>
      ),
    },
    { id: "since", title: "Since", cell: ({ created_at }) => showTime(Date.parse(created_at), zone, false) },
    {
      id: "actions",
      title: "Actions",
      cell: (member) => (
        <Button
          kind="danger"
          disabled={member.role === "owner" && !isOwner}
          title={member.role === "owner" && !isOwner ? OWNERS_ONLY : undefined}
          onClick={() => onRemove(member)}
        >
          Remove <span className="sr-only">{member.name}</span>
        </Button>
      ),
    },
  ];
}

function Invitations({ org_id }: { org_id: string }) {
  const client = useQueryClient();
  const zone = useZone();
  const { data, error } = useQuery({
    queryKey: ["invitations", org_id],
    queryFn: () => api.invitations({ org_id, limit: 1000 }),
  });
  const revoke = useMutation({
    mutationFn: api.revokeInvitation,
    onSettled: () => client.invalidateQueries({ queryKey: ["invitations"] }),
  });
  if (error) return <Failure error={error} />;
  if (!data || data.data.length === 0) return null;
  const columns: Column<Invitation>[] = [
    { id: "email", title: "For", cell: ({ email }) => email ?? "whoever has the link" },
    { id: "role", title: "Role", cell: ({ role }) => role },
    { id: "until", title: "Until", cell: ({ expires_at }) => showTime(Date.parse(expires_at), zone, false) },
    {
      id: "actions",
      title: "Actions",
      cell: ({ id }) => (
        <Button kind="danger" onClick={() => revoke.mutate(id)}>
          Revoke
        </Button>
      ),
    },
  ];
  return (
    <Panel title="Invitations" isFlush>
      <Table
        caption="Invitations that nobody accepted yet"
        columns={columns}
        rows={data.data}
        idOf={({ id }) => id}
      />
    </Panel>
  );
}

function Roles() {
  const columns: Column<[string, Role]>[] = [
    { id: "role", title: "Role", cell: ([name]) => <span className="font-medium">{name}</span> },
    { id: "may", title: "May", cell: ([, { may }]) => may },
  ];
  return (
    <Panel title="What each role may do" isFlush>
      <Table caption="Roles" columns={columns} rows={Object.entries(ROLES)} idOf={([name]) => name} />
    </Panel>
  );
}
