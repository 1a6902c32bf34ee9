import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { useOrg, useSpan } from "../../location.tsx";
import { Failure, Note, Waiting } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { TimeControls } from "../../parts/time-controls.tsx";
import { Breakdown } from "./breakdown.tsx";
import { Cards } from "./cards.tsx";
import { FirstRun } from "./first-run.tsx";
import { Series } from "./series.tsx";

const POLL_MS = 15_000;

export function Overview() {
  const span = useSpan();
  const org_id = useOrg();
  const everything = useQuery({
    queryKey: ["logs", "first", org_id],
    queryFn: () => api.logs({ limit: 1, org_id }),
  });
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ["dashboard", span, org_id],
    queryFn: ({ signal }) => api.dashboard({ ...span, org_id }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: POLL_MS,
  });
  const isNew = everything.data?.data.length === 0;
  return (
    <Page title="Overview" actions={isNew ? null : <TimeControls />}>
      {isNew && <FirstRun />}
      {!isNew && error && <Failure error={error} retry={() => void refetch()} />}
      {!isNew && !data && !error && <Waiting />}
      {!isNew && everything.isSuccess && data && (
        <div className="grid min-w-0 gap-5" aria-busy={isPlaceholderData}>
          {data.cost.unpriced_requests > 0 && (
            <Note tone="warn">
              {data.cost.unpriced_requests} of these requests have no known price: their cost is in no figure.
            </Note>
          )}
          <Cards dashboard={data} />
          <Series series={data.series} />
          <Breakdown dashboard={data} />
        </div>
      )}
    </Page>
  );
}
