import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, type Query } from "../../api.ts";
import type { Span } from "../../core/range.ts";
import { useNow, useOrg, usePage, useSpan } from "../../location.tsx";
import { SelectField } from "../../parts/field.tsx";
import { Failure, Note, Waiting } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { TimeControls } from "../../parts/time-controls.tsx";
import { Cards, type Told } from "./cards.tsx";
import { Checklist } from "./checklist.tsx";
import { spanBefore } from "./compare.ts";
import { Figures, GROUPS, type Group } from "./figures.tsx";
import { FirstRun } from "./first-run.tsx";
import { MonthCard } from "./month-card.tsx";
import { CostSeries, RequestSeries, TOP } from "./series.tsx";

const POLL_MS = 15_000;
const DIMENSIONS: Record<Group, Query> = {
  model: { by: "model" },
  provider: { by: "provider" },
  both: { by: "provider", then: "model" },
};

export function Overview() {
  const org_id = useOrg();
  const everything = useQuery({
    queryKey: ["logs", "first", org_id],
    queryFn: () => api.logs({ limit: 1, org_id }),
  });
  const isNew = everything.data?.data.length === 0;
  return (
    <Page title="Overview" actions={isNew ? null : <Controls />}>
      {isNew && <FirstRun />}
      {everything.error && <Failure error={everything.error} retry={() => void everything.refetch()} />}
      {everything.isPending && <Waiting />}
      {everything.isSuccess && !isNew && <Board />}
    </Page>
  );
}

function Controls() {
  const [{ group = "model", compare }, change] = usePage("/");
  const words = Object.keys(GROUPS) as Group[];
  return (
    <>
      <SelectField
        label="Group by"
        value={group}
        choices={words.map((value) => ({
          value,
          label: GROUPS[value].replace(/^./, (letter) => letter.toUpperCase()),
        }))}
        onChange={({ target }) => {
          const chosen = words.find((it) => it === target.value);
          change({ group: chosen === "model" ? undefined : chosen, sort: undefined });
        }}
      />
      <SelectField
        label="Compare with"
        value={compare ?? ""}
        choices={[
          { value: "", label: "The time before" },
          { value: "off", label: "Nothing" },
        ]}
        onChange={({ target }) => change({ compare: target.value === "off" ? "off" : undefined })}
      />
      <TimeControls />
    </>
  );
}

/** True for the same question about another time. */
function isAlike(one: Query, other: Query): boolean {
  const named = ({ from: _from, to: _to, ...rest }: Query) => JSON.stringify(rest);
  return named(one) === named(other);
}

/** Asked again and again while the page is open; what was there stays until the answer is, if it is of the same things. */
function usePolled<Answer>(
  name: string,
  query: Query,
  ask: (query: Query, signal: AbortSignal) => Promise<Answer>,
) {
  return useQuery({
    queryKey: [name, query],
    queryFn: ({ signal }) => ask(query, signal),
    placeholderData: (known, from) => (from && isAlike(from.queryKey[1] as Query, query) ? known : undefined),
    refetchInterval: POLL_MS,
  });
}

function Board() {
  const [{ group = "model" }] = usePage("/");
  const span = useSpan();
  const org_id = useOrg();
  const asked = { ...span, org_id };
  const by = group === "both" ? "provider" : group;
  const dashboard = usePolled("dashboard", asked, api.dashboard);
  const figures = usePolled("figures", { ...asked, ...DIMENSIONS[group] }, api.breakdown);
  const requests = usePolled("series", { ...asked, by: "status", step: "auto" }, api.breakdown);
  const costs = usePolled("series", { ...asked, by, step: "auto", top: TOP }, api.breakdown);
  const before = useBefore(span, org_id);
  const all = [dashboard, figures, requests, costs];
  const failed = all.find(({ error }) => error);
  if (failed?.error)
    return <Failure error={failed.error} retry={() => all.forEach((it) => void it.refetch())} />;
  if (!dashboard.data || !requests.data) return <Waiting />;
  const { cost, performance } = dashboard.data;
  return (
    <div className="grid min-w-0 gap-5" aria-busy={all.some(({ isPlaceholderData }) => isPlaceholderData)}>
      {cost.unpriced_requests > 0 && (
        <Note tone="warn">
          {cost.unpriced_requests} of these requests have no known price: their cost is in no figure.
        </Note>
      )}
      <Checklist />
      <Cards
        now={{ dashboard: dashboard.data, total: requests.data.total }}
        before={before}
        month={<MonthCard />}
      />
      <div className="grid min-w-0 gap-5 xl:grid-cols-2">
        <RequestSeries answer={requests.data} span={span} />
        {costs.data ? <CostSeries answer={costs.data} span={span} by={by} /> : <Waiting />}
      </div>
      {figures.data ? <Figures group={group} answer={figures.data} performance={performance} /> : <Waiting />}
    </div>
  );
}

/** Null = it is not wanted, or not there yet. */
function useBefore(span: Span, org_id: string | undefined): Told | null {
  const [{ compare }] = usePage("/");
  const asked = { ...spanBefore(span, useNow()), org_id };
  const options = { enabled: compare !== "off", placeholderData: keepPreviousData, staleTime: 60_000 };
  const dashboard = useQuery({
    queryKey: ["dashboard", asked],
    queryFn: ({ signal }) => api.dashboard(asked, signal),
    ...options,
  });
  const sums = useQuery({
    queryKey: ["figures", asked],
    queryFn: ({ signal }) => api.breakdown(asked, signal),
    ...options,
  });
  if (compare === "off" || !dashboard.data || !sums.data) return null;
  return { dashboard: dashboard.data, total: sums.data.total };
}
