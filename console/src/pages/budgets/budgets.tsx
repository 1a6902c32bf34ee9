import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import type { Alert, OwnedBudget } from "../../api-types.ts";
import { showShare, showUsd } from "../../core/format.ts";
import { showTime } from "../../core/zone.ts";
import { PageLink, useNow, useOrg, usePage, useZone } from "../../location.tsx";
import { BudgetBar } from "../../parts/budget-bar.tsx";
import { Denied } from "../../parts/denied.tsx";
import { SelectField } from "../../parts/field.tsx";
import { Empty, Failure, Waiting } from "../../parts/notice.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { Status } from "../../parts/status.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { TimeControls } from "../../parts/time-controls.tsx";
import { useMayRight } from "../../session.tsx";
import { forecastOf } from "./forecast.ts";

export function Budgets() {
  const mayBudgets = useMayRight("budgets", "manage");
  return (
    <Page
      title="Budgets & alerts"
      about="What keys and organizations may spend in a period, what they have spent, and what is reserved for requests under way."
      actions={<TimeControls hasRange={false} />}
    >
      {mayBudgets ? (
        <Standing />
      ) : (
        <Denied what="Budgets and what is left of them are" to={{ told: "billing, an admin or an owner" }} />
      )}
      <Alerts />
    </Page>
  );
}

function Standing() {
  const [search, change] = usePage("/budgets");
  const org_id = useOrg();
  const columns = budgetColumns(useZone(), useNow());
  const { data, error, refetch } = useQuery({
    queryKey: ["budgets", org_id],
    queryFn: () => api.budgets({ limit: 1000, org_id }),
    refetchInterval: 5_000,
  });
  const rows = data?.data.filter(({ scope }) => search.scope === undefined || scope === search.scope) ?? [];
  return (
    <Panel
      title="Budgets"
      isFlush
      actions={
        <SelectField
          label="Of"
          data-filter=""
          value={search.scope ?? ""}
          choices={[
            { value: "", label: "Keys and organizations" },
            { value: "key", label: "Keys" },
            { value: "org", label: "Organizations" },
          ]}
          onChange={({ target: { value } }) =>
            change({ scope: value === "key" || value === "org" ? value : undefined })
          }
        />
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && rows.length === 0 && (
        <Empty title="No budgets" action={<PageLink to="/settings/keys">Set one on a key</PageLink>}>
          Without a budget a key may spend what its organization may.
        </Empty>
      )}
      {rows.length > 0 && (
        <Table caption="Budgets" columns={columns} rows={rows} idOf={({ scope, id }) => `${scope}/${id}`} />
      )}
    </Panel>
  );
}

function budgetColumns(zone: string, nowMs: number): Column<OwnedBudget>[] {
  return [
    { id: "scope", title: "Of", cell: ({ scope }) => (scope === "key" ? "key" : "organization") },
    {
      id: "name",
      title: "Name",
      cell: ({ scope, id, name }) => (
        <PageLink to="/logs" search={scope === "key" ? { key: id } : { org: id }}>
          {name}
        </PageLink>
      ),
    },
    { id: "bar", title: "Spent", cell: (budget) => <BudgetBar budget={budget} /> },
    { id: "reserved", title: "Reserved", isNumber: true, cell: ({ reserved_usd }) => showUsd(reserved_usd) },
    {
      id: "first",
      title: "First alert at",
      isNumber: true,
      cell: ({ alert_threshold }) => showShare(alert_threshold),
    },
    { id: "forecast", title: "At this pace", cell: (budget) => forecastOf(budget, nowMs) },
    {
      id: "resets",
      title: "Begins anew",
      cell: ({ resets_at }) => (resets_at === null ? "never" : showTime(Date.parse(resets_at), zone, false)),
    },
  ];
}

function Alerts() {
  const org_id = useOrg();
  const zone = useZone();
  const { data, error, refetch } = useQuery({
    queryKey: ["alerts", org_id],
    queryFn: () => api.alerts({ limit: 200, org_id }),
    refetchInterval: 15_000,
  });
  const columns: Column<Alert>[] = [
    {
      id: "time",
      title: "Time",
      cell: ({ time }) => <span className="whitespace-nowrap">{showTime(Date.parse(time), zone)}</span>,
    },
    {
      id: "band",
      title: "Reached",
      cell: ({ band }) =>
        band === "refused" ? (
          <Status word="refused" label="first refusal" />
        ) : (
          <Status word="degraded" label={showShare(band)} />
        ),
    },
    { id: "of", title: "Of", cell: (alert) => <Owner alert={alert} /> },
    { id: "spent", title: "Spent then", isNumber: true, cell: ({ spent_usd }) => showUsd(spent_usd) },
    { id: "limit", title: "Limit", isNumber: true, cell: ({ limit_usd }) => showUsd(limit_usd) },
    { id: "period", title: "Period", cell: ({ period }) => period },
  ];
  return (
    <Panel title="Alerts" isFlush>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data?.data.length === 0 && (
        <Empty title="No alerts">
          A budget that reaches its threshold, or refuses, is told here once per period.
        </Empty>
      )}
      {data && data.data.length > 0 && (
        <Table caption="Alerts, newest first" columns={columns} rows={data.data} idOf={({ id }) => id} />
      )}
    </Panel>
  );
}

/** A firing alert leads to the rows behind it. */
function Owner({ alert: { scope, key_id, key_prefix, org_id } }: { alert: Alert }) {
  if (scope === "key" && key_id)
    return (
      <PageLink to="/logs" search={{ key: key_id, range: "30d" }}>
        key {key_prefix}…
      </PageLink>
    );
  return (
    <PageLink to="/logs" search={{ org: org_id, range: "30d" }}>
      organization {org_id}
    </PageLink>
  );
}
