import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { api } from "../../api.ts";
import type { Log } from "../../api-types.ts";
import { useFixedSpan, useOrg, usePage, useZone } from "../../location.tsx";
import { Button, buttonLook } from "../../parts/button.tsx";
import { ColumnPicker } from "../../parts/column-picker.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Empty, Failure, Waiting } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { TimeControls } from "../../parts/time-controls.tsx";
import { useMay } from "../../session.tsx";
import { FacetPanel, type Facets, useFacets } from "./facets.tsx";
import { Chips, LogFilters } from "./filters.tsx";
import { Histogram } from "./histogram.tsx";
import { type Live, useLive } from "./live.ts";
import { logColumns } from "./log-columns.tsx";
import { csvUrl, FILTERS, filtersOf, streamUrl, withoutFilters } from "./log-query.ts";
import { LogTable } from "./log-table.tsx";

const PAGE_ROWS = 100;

export function Logs() {
  const [search] = usePage("/logs");
  const filters = filtersOf(search, useOrg());
  const { span, refresh } = useFixedSpan();
  const keyNames = useKeyNames();
  const facets = useFacets({ ...filters, ...span }, keyNames);
  return (
    <Page title="Logs" actions={<TimeControls />}>
      <LogFilters facets={facets} />
      <Chips keyNames={keyNames} />
      <div className="grid min-w-0 items-start gap-5 xl:grid-cols-[12rem_minmax(0,1fr)]">
        <FacetSide facets={facets} />
        <div className="grid min-w-0 gap-5">
          <Histogram filters={filters} span={span} isLive={search.live === "1"} />
          <List {...{ filters, span, refresh, keyNames }} />
        </div>
      </div>
    </Page>
  );
}

/** Open where there is room beside the list. */
function FacetSide({ facets }: { facets: Facets }) {
  const [isOpen, setOpen] = useState(() => matchMedia("(min-width: 80rem)").matches);
  return (
    <details
      className="panel min-w-0 p-3"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className="min-h-6 px-1">
        <h2 className="inline">In these rows</h2>
      </summary>
      {isOpen && (
        <div className="mt-3">
          <FacetPanel facets={facets} />
        </div>
      )}
    </details>
  );
}

interface ListProps {
  filters: ReturnType<typeof filtersOf>;
  span: { from: string; to?: string };
  refresh: () => void;
  keyNames: ReadonlyMap<string, string>;
}

function List({ filters, span, refresh, keyNames }: ListProps) {
  const [search, change] = usePage("/logs");
  const isLive = search.live === "1";
  // A state, not a ref: what is drawn depends on its height.
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [isReading, setReading] = useState(false);
  const [isPointedAt, setPointedAt] = useState(false);
  // Nobody reads or points at rows that are not there.
  const isHeld = scroller !== null && (isReading || isPointedAt);
  const list = useLogPages(filters, span);
  const reload = () => {
    refresh();
    void list.refetch();
  };
  const live = useLive(isLive ? streamUrl(filters) : null, isHeld, reload);
  const rows = useMemo(
    () => joined(live.rows, list.data?.pages.flatMap(({ data }) => data) ?? []),
    [live.rows, list.data],
  );
  const zone = useZone();
  const columns = useMemo(() => logColumns(zone, keyNames), [zone, keyNames]);
  const hidden = hiddenOf(search.hide, columns[0]?.id);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const toNewest = () => {
    scroller?.scrollTo({ top: 0 });
    setReading(false);
    live.showAll();
  };
  return (
    <section className="panel min-w-0" aria-label="Requests">
      <Bar
        live={live}
        isLive={isLive}
        csv={csvUrl(filters, span)}
        onLive={() => change({ live: isLive ? undefined : "1" })}
        onNewest={toNewest}
        onRefresh={reload}
        picker={
          <ColumnPicker
            columns={columns}
            hidden={hidden}
            onChange={(ids) => change({ hide: ids.length === 0 ? undefined : ids.join(",") })}
          />
        }
      />
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Waiting />}
      {!list.isPending && !list.error && rows.length === 0 && <NoRows isLive={isLive} />}
      {rows.length > 0 && (
        <Scroller {...{ setScroller, setReading, setPointedAt }} isBusy={list.isFetching}>
          <LogTable {...{ rows, columns, hidden, scroller, onEnd }} />
        </Scroller>
      )}
    </section>
  );
}

interface ScrollerProps {
  setScroller: (element: HTMLElement | null) => void;
  setReading: (isReading: boolean) => void;
  setPointedAt: (isPointedAt: boolean) => void;
  isBusy: boolean;
  children: ReactNode;
}

/** Where rows are scrolled; tells whether somebody is in the middle of them. */
function Scroller({ setScroller, setReading, setPointedAt, isBusy, children }: ScrollerProps) {
  return (
    <section
      ref={setScroller}
      className="relative h-[max(22rem,calc(100dvh-12rem))] overflow-auto rounded-b-[0.6rem] border-t border-line"
      aria-label="Rows"
      tabIndex={0}
      aria-busy={isBusy}
      onScroll={({ currentTarget }) => setReading(currentTarget.scrollTop > 4)}
      onPointerEnter={({ pointerType }) => setPointedAt(pointerType === "mouse")}
      onPointerLeave={() => setPointedAt(false)}
    >
      {children}
    </section>
  );
}

/** The column that leads to the row is always there. */
function hiddenOf(hide: string | undefined, first: string | undefined): string[] {
  return (hide?.split(",") ?? []).filter((id) => id !== first);
}

function useLogPages(filters: ReturnType<typeof filtersOf>, span: { from: string; to?: string }) {
  return useInfiniteQuery({
    queryKey: ["logs", filters, span],
    queryFn: ({ pageParam, signal }) =>
      api.logs({ ...filters, ...span, limit: PAGE_ROWS, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (previous) => previous,
    staleTime: 60_000,
  });
}

/** What came live stands above what was fetched, and a row stands once. */
function joined(live: readonly Log[], listed: readonly Log[]): readonly Log[] {
  if (live.length === 0) return listed;
  const known = new Set(live.map(({ id }) => id));
  return [...live, ...listed.filter(({ id }) => !known.has(id))];
}

function useKeyNames(): ReadonlyMap<string, string> {
  const mayList = useMay("manage");
  const { data } = useQuery({
    queryKey: ["keys", "names"],
    queryFn: () => api.keys({ limit: 1000 }),
    enabled: mayList,
    staleTime: 60_000,
  });
  return useMemo(() => new Map(data?.data.map(({ id, name }) => [id, name])), [data]);
}

interface BarProps {
  live: Live;
  isLive: boolean;
  csv: string;
  onLive: () => void;
  onNewest: () => void;
  onRefresh: () => void;
  picker: ReactNode;
}

const STATES = {
  off: "",
  connecting: "Connecting …",
  open: "New requests appear by themselves",
  failed: "The live tail ended; reload to try again",
} as const;

function Bar({ live, isLive, csv, onLive, onNewest, onRefresh, picker }: BarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 py-2">
      <Button icon={isLive ? "pause" : "play"} aria-pressed={isLive} onClick={onLive}>
        Live
      </Button>
      <Button onClick={onRefresh}>Refresh</Button>
      <span role="status" className="text-quiet">
        {isLive ? STATES[live.state] : ""}
        {live.missed > 0 && `; ${live.missed} came too fast to be shown: refresh`}
      </span>
      {live.waiting > 0 && (
        <Button kind="main" icon="up" onClick={onNewest}>
          {live.waiting} new
        </Button>
      )}
      <div className="ml-auto flex flex-wrap gap-2">
        {picker}
        <a href={csv} download className={buttonLook()}>
          <Icon name="download" />
          CSV
        </a>
      </div>
    </div>
  );
}

function NoRows({ isLive }: { isLive: boolean }) {
  const [search, change] = usePage("/logs");
  const count = FILTERS.filter((name) => search[name] !== undefined).length;
  if (count === 0)
    return (
      <Empty title="No requests in this time">
        {isLive ? "The next one appears here by itself." : "Choose a longer time, or send one."}
      </Empty>
    );
  return (
    <Empty
      title={`No rows match ${count === 1 ? "this filter" : `these ${count} filters`}`}
      action={<Button onClick={() => change(withoutFilters())}>Clear filters</Button>}
    >
      In the time that is chosen.
    </Empty>
  );
}
