import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import type { OpenSession } from "../../api-types.ts";
import { showTime } from "../../core/zone.ts";
import { useZone } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Failure, Note, Waiting } from "../../parts/notice.tsx";
import { Facts, Page, Panel } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useSession } from "../../session.tsx";

export function Account() {
  const { user, role, org } = useSession();
  return (
    <Page title="Account">
      <Panel>
        <Facts
          facts={[
            ["Name", user.name],
            ["Email", user.email],
            ["Organization", org.name],
            ["Role", role],
          ]}
        />
      </Panel>
      <Sessions />
      <Password />
    </Page>
  );
}

function Sessions() {
  const client = useQueryClient();
  const zone = useZone();
  const { data, error, refetch } = useQuery({ queryKey: ["sessions"], queryFn: api.sessions });
  const again = () => client.invalidateQueries({ queryKey: ["sessions"] });
  const end = useMutation({ mutationFn: api.endSession, onSettled: again });
  const endOthers = useMutation({ mutationFn: api.endOtherSessions, onSettled: again });
  const columns: Column<OpenSession>[] = [
    { id: "since", title: "Since", cell: ({ created_at }) => showTime(Date.parse(created_at), zone, false) },
    { id: "until", title: "Until", cell: ({ expires_at }) => showTime(Date.parse(expires_at), zone, false) },
    { id: "address", title: "Address", cell: ({ address }) => address ?? "unknown" },
    {
      id: "agent",
      title: "Browser",
      cell: ({ user_agent }) => <span className="break-words">{user_agent ?? "unknown"}</span>,
    },
    {
      id: "actions",
      title: "Actions",
      cell: ({ id, current }) =>
        current ? (
          "this one"
        ) : (
          <Button kind="danger" onClick={() => end.mutate(id)}>
            End
          </Button>
        ),
    },
  ];
  const others = data?.data.filter(({ current }) => !current).length ?? 0;
  return (
    <Panel
      title="Sessions"
      isFlush
      actions={
        others > 0 && (
          <Button isBusy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            End all others
          </Button>
        )
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && <Table caption="Your sessions" columns={columns} rows={data.data} idOf={({ id }) => id} />}
    </Panel>
  );
}

function Password() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => api.changePassword(current, next),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      void client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Panel title="Password" className="max-w-xl">
      <form onSubmit={submit} className="grid gap-4">
        <TextField
          label="Now"
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
        <TextField
          label="From now on"
          type="password"
          autoComplete="new-password"
          required
          minLength={10}
          hint="At least 10 characters. Your other sessions end."
          value={next}
          onChange={(event) => setNext(event.target.value)}
        />
        <div role="status">
          {save.error && <Note tone="bad">{save.error.message}</Note>}
          {save.isSuccess && <Note tone="ok">The password is changed.</Note>}
        </div>
        <div>
          <Button type="submit" isBusy={save.isPending}>
            Change it
          </Button>
        </div>
      </form>
    </Panel>
  );
}
