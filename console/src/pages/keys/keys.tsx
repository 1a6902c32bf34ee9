import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import type { Key, NewKey } from "../../api-types.ts";
import { useNow, useOrg, usePage } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Check } from "../../parts/field.tsx";
import { Empty, Failure, Waiting } from "../../parts/notice.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { type Sort, Table } from "../../parts/table.tsx";
import { keyColumns } from "./key-columns.tsx";
import { KeyDialogs, type Open } from "./key-dialogs.tsx";
import { stateOf } from "./key-fields.ts";
import { Secret } from "./secret.tsx";

const PAGE_KEYS = 200;

export function Keys() {
  const [search, change] = usePage("/settings/keys");
  const [acting, setActing] = useState<{ open: Exclude<Open, "create">; key: Key } | null>(null);
  const [made, setMade] = useState<NewKey | null>(null);
  const list = useKeys();
  const nowMs = useNow();
  const [sort, setSort] = useState<Sort | null>(null);
  const all = list.data?.pages.flatMap(({ data }) => data) ?? [];
  const shown = search.show === "all" ? all : all.filter((key) => stateOf(key, nowMs) === "active");
  // A key that was just made is shown even before the dialog that made it is gone.
  const done = (key: NewKey | null) => {
    setActing(null);
    change({ create: undefined });
    if (key) setMade(key);
  };
  return (
    <Page
      title="API Keys"
      about="Programs show a key instead of a person's password. Each has its own budget and limits."
      actions={
        <Button kind="main" icon="plus" onClick={() => change({ create: "1" })}>
          Create key
        </Button>
      }
    >
      <Panel
        isFlush
        title="Keys"
        actions={
          <Check
            label="Revoked and expired too"
            checked={search.show === "all"}
            onChange={(event) => change({ show: event.target.checked ? "all" : undefined })}
          />
        }
      >
        {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <Waiting />}
        {list.data && shown.length === 0 && (
          <Empty
            title="No active keys"
            action={<Button onClick={() => change({ create: "1" })}>Create key</Button>}
          />
        )}
        {shown.length > 0 && (
          <Table
            caption="Keys"
            columns={keyColumns(nowMs, (open, key) => setActing({ open, key }))}
            rows={shown}
            idOf={({ id }) => id}
            sort={sort}
            onSort={setSort}
          />
        )}
        {list.hasNextPage && (
          <div className="p-3">
            <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              More keys
            </Button>
          </div>
        )}
      </Panel>
      <KeyDialogs
        open={search.create === "1" ? "create" : (acting?.open ?? null)}
        target={acting?.key ?? null}
        onDone={done}
      />
      {made && <Secret made={made} onClose={() => setMade(null)} />}
    </Page>
  );
}

function useKeys() {
  const org_id = useOrg();
  return useInfiniteQuery({
    queryKey: ["keys", org_id],
    queryFn: ({ pageParam }) => api.keys({ limit: PAGE_KEYS, cursor: pageParam, org_id }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}
