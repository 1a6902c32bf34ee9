import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import type { AuditEntry } from "../../api-types.ts";
import { showTime } from "../../core/zone.ts";
import { useFixedSpan, useOrg, usePage, useZone } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Empty, Failure, Waiting } from "../../parts/notice.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { TimeControls } from "../../parts/time-controls.tsx";

const PAGE_ENTRIES = 100;

export function Audit() {
  const [search, change] = usePage("/settings/audit");
  const { span } = useFixedSpan();
  const zone = useZone();
  const org_id = useOrg();
  const { action, object, actor: actor_key_id } = search;
  const filter = { action, object, actor_key_id, org_id, ...span };
  const list = useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam }) => api.audit({ ...filter, limit: PAGE_ENTRIES, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (previous) => previous,
  });
  const rows = list.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <Page
      title="Audit log"
      about="Who changed what. Nothing here is ever changed."
      actions={<TimeControls />}
    >
      <search className="grid gap-3 sm:grid-cols-3">
        {(["action", "object", "actor"] as const).map((name) => (
          <TextField
            key={name}
            label={{ action: "Action", object: "Object", actor: "Actor" }[name]}
            type="search"
            placeholder={name === "action" ? "key.create" : "Any"}
            data-filter={name === "action" ? "" : undefined}
            value={search[name] ?? ""}
            onChange={(event) => change({ [name]: event.target.value || undefined })}
          />
        ))}
      </search>
      <Panel isFlush>
        {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <Waiting />}
        {list.data && rows.length === 0 && (
          <Empty title="Nothing was changed">In this time, by these filters.</Empty>
        )}
        {rows.length > 0 && (
          <Table
            caption="Changes, newest first"
            columns={columnsIn(zone)}
            rows={rows}
            idOf={({ id }) => id}
          />
        )}
        {list.hasNextPage && (
          <div className="p-3">
            <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              Older changes
            </Button>
          </div>
        )}
      </Panel>
    </Page>
  );
}

function columnsIn(zone: string): Column<AuditEntry>[] {
  return [
    {
      id: "time",
      title: "Time",
      cell: ({ time }) => <span className="whitespace-nowrap">{showTime(Date.parse(time), zone)}</span>,
    },
    { id: "actor", title: "Who", cell: ({ actor_key_id }) => actor_key_id ?? "the operator" },
    { id: "action", title: "Action", cell: ({ action }) => <code>{action}</code> },
    { id: "object", title: "Object", cell: ({ object }) => object },
    {
      id: "details",
      title: "What changed",
      cell: ({ details }) => (
        <code className="block max-w-[60ch] text-[0.93em] break-words whitespace-pre-wrap">
          {told(details)}
        </code>
      ),
    },
  ];
}

/** `name: before → after`, a line each. */
function told(details: Record<string, unknown>): string {
  const fieldsOf = (value: unknown) =>
    typeof value === "object" && value !== null ? Object.entries(value) : [];
  const before = new Map(fieldsOf(details.before));
  const after = new Map(fieldsOf(details.after));
  const all = [...new Set([...before.keys(), ...after.keys()])];
  // Of what is made, what it has; of what is changed, also what it has no more.
  const names = before.size > 0 ? all : all.filter((name) => (after.get(name) ?? null) !== null);
  const shown = (value: unknown) => (value === undefined ? "nothing" : JSON.stringify(value));
  const lines = names.map((name) =>
    before.size === 0
      ? `${name}: ${shown(after.get(name))}`
      : `${name}: ${shown(before.get(name))} → ${shown(after.get(name))}`,
  );
  return lines.length > 0 ? lines.join("\n") : JSON.stringify(details);
}
