import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, urlOf } from "../../api.ts";
import type { Bill } from "../../api-types.ts";
import { showCount, showUsd } from "../../core/format.ts";
import { showTime, wallAt } from "../../core/zone.ts";
import { useNow, useOrg, usePage, useZone } from "../../location.tsx";
import { Button, buttonLook } from "../../parts/button.tsx";
import { SelectField } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Failure, Note, Waiting } from "../../parts/notice.tsx";
import { Facts, Page, Panel } from "../../parts/page.tsx";
import { Status } from "../../parts/status.tsx";
import type { Sort } from "../../parts/table.tsx";
import { useMay } from "../../session.tsx";
import { BillTable } from "./bill-table.tsx";
import { Reconcile } from "./reconcile.tsx";

const MONTHS_BACK = 24;

function monthsBefore(nowMs: number, zone: string): string[] {
  const wall = new Date(wallAt(nowMs, zone));
  return Array.from({ length: MONTHS_BACK }, (_, back) =>
    new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() - back)).toISOString().slice(0, 7),
  );
}

export function Billing() {
  const [search, change] = usePage("/billing");
  const org_id = useOrg();
  const mayCompare = useMay("admin");
  const months = monthsBefore(useNow(), useZone());
  const { month } = search;
  const { data, error, refetch } = useQuery({
    queryKey: ["bill", month, org_id],
    queryFn: () => api.bill({ month, org_id }),
    placeholderData: (previous) => previous,
  });
  const known = month !== undefined && !months.includes(month) ? [month, ...months] : months;
  return (
    <Page
      title="Billing"
      about="What a calendar month came to: every provider, and your own machines."
      actions={
        <>
          <SelectField
            label="Month"
            value={month ?? data?.month ?? months[0]}
            choices={known.map((value) => ({ value, label: value }))}
            onChange={(event) => change({ month: event.target.value })}
          />
          <a href={urlOf("/api/v1/bill", { month, org_id, format: "csv" })} download className={buttonLook()}>
            <Icon name="download" />
            CSV
          </a>
          <Button icon="print" onClick={() => print()}>
            Print
          </Button>
        </>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && <BillParts bill={data} />}
      {mayCompare && <Reconcile />}
    </Page>
  );
}

function BillParts({ bill }: { bill: Bill }) {
  const [sort, setSort] = useState<Sort>({ id: "cost", isDown: true });
  const lists = [
    { by: "provider", title: "By provider", lines: bill.by_provider },
    { by: "model", title: "By model", lines: bill.by_model },
    { by: "key", title: "By key", lines: bill.by_key },
    { by: "industry", title: "By industry", lines: bill.by_industry },
  ] as const;
  return (
    <>
      {bill.unpriced_requests > 0 && (
        <Note tone="warn">
          {showCount(bill.unpriced_requests)} requests have no known price: they are in no figure of money.
        </Note>
      )}
      <Panel title={bill.month}>
        <Summary bill={bill} />
      </Panel>
      {lists.map(({ by, title, lines }) => (
        <Panel key={by} title={title} isFlush>
          <BillTable bill={bill} by={by} lines={lines} sort={sort} onSort={setSort} />
        </Panel>
      ))}
    </>
  );
}

function Summary({ bill }: { bill: Bill }) {
  const zone = bill.time_zone ?? "UTC";
  const at = (time: string | null) =>
    time === null
      ? "by each organization's calendar"
      : `${showTime(Date.parse(time), zone, false)} (${zone})`;
  return (
    <div className="grid gap-5 md:grid-cols-[auto_1fr] md:gap-12">
      <div>
        <p className="text-3xl font-semibold tabular-nums">{showUsd(bill.total_usd)}</p>
        <p className="mt-1">
          {bill.closed ? (
            <Status word="closed" label="closed: it never changes" />
          ) : (
            <Status word="open" label="open: still growing" />
          )}
        </p>
      </div>
      <Facts
        facts={[
          ["Organization", bill.org_id ?? "all"],
          ["From", at(bill.from)],
          ["To", at(bill.to)],
          ["Closes", at(bill.closes_at)],
          ["Requests", showCount(bill.requests)],
          ["Tokens", `${showCount(bill.prompt_tokens)} in, ${showCount(bill.completion_tokens)} out`],
          [
            "Late from months before",
            `${showUsd(bill.adjustments.cost_usd)} in ${showCount(bill.adjustments.requests)} requests`,
          ],
          [
            "Checksum",
            bill.checksum ? (
              <code key="sum" className="break-all">
                SHA-256 {bill.checksum}
              </code>
            ) : (
              "when it is closed"
            ),
          ],
        ]}
      />
    </div>
  );
}
