import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { nanoOf, showUsd, UNKNOWN } from "../../core/format.ts";
import { useNow, useOrg, useZone } from "../../location.tsx";
import { Card } from "./cards.tsx";
import { forecastOf, monthAt } from "./compare.ts";

/** What the month comes to at this pace, whatever time the page is of. */
export function MonthCard() {
  const nowMs = useNow();
  const org_id = useOrg();
  const month = monthAt(nowMs, useZone());
  const from = new Date(month.fromMs).toISOString();
  const { data } = useQuery({
    queryKey: ["month", from, org_id],
    queryFn: ({ signal }) => api.breakdown({ from, org_id }, signal),
    refetchInterval: 60_000,
  });
  return (
    <Card
      label="Month at this pace"
      value={data ? forecastOf(nanoOf(data.total.cost_usd), month, nowMs) : UNKNOWN}
      under={data ? `${showUsd(data.total.cost_usd)} so far` : ""}
      rows={{ range: "mtd" }}
    />
  );
}
