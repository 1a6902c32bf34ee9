import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { PageLink } from "../../location.tsx";
import { buttonLook } from "../../parts/button.tsx";
import { Snippet } from "../../parts/copy.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Note } from "../../parts/notice.tsx";
import { Panel } from "../../parts/page.tsx";
import { useMay } from "../../session.tsx";
import { curlOf } from "../keys/snippets.ts";
import { useArrival } from "./arrival.ts";
import { Checklist } from "./checklist.tsx";

/** Nothing was asked yet: what to do, and a place that sees the first request arrive. */
export function FirstRun() {
  const mayMake = useMay("manage");
  const { data: catalog } = useQuery({
    queryKey: ["catalog", "first"],
    queryFn: () => api.catalog({ limit: 50 }),
  });
  const chat = catalog?.data.find(({ deployments }) => deployments.some(({ kind }) => kind !== "embedding"));
  const curl = curlOf({ origin: location.origin, key: "$NYURO_API_KEY", model: chat?.id ?? "demo" });
  return (
    <div className="grid min-w-0 gap-5 xl:grid-cols-[minmax(0,1fr)_22rem] xl:items-start">
      <Panel title="Send the first request">
        <ol className="grid gap-5">
          <Step number={1} title="Make a key">
            {mayMake ? (
              <PageLink to="/settings/keys" search={{ create: "1" }} className={buttonLook("main")}>
                Create an API key
              </PageLink>
            ) : (
              <p>Your role cannot make keys: an owner or admin gives you one.</p>
            )}
          </Step>
          <Step number={2} title="Ask something">
            <Snippet label="A request with curl" text={curl} />
          </Step>
          <Step number={3} title="See it arrive">
            <Arrival />
          </Step>
        </ol>
      </Panel>
      <Checklist />
    </div>
  );
}

function Step({ number, title, children }: { number: number; title: string; children: React.ReactNode }) {
  return (
    <li className="grid grid-cols-[2rem_minmax(0,1fr)] gap-x-2 gap-y-2">
      <span
        aria-hidden="true"
        className="grid size-7 place-items-center rounded-full bg-accent-soft font-semibold text-accent"
      >
        {number}
      </span>
      <h3 className="self-center">{title}</h3>
      <div className="col-start-2 min-w-0">{children}</div>
    </li>
  );
}

/** Told by the stream of new rows; the page itself turns into the overview when it is next visited. */
function Arrival() {
  const { first, state } = useArrival();
  return (
    <div role="status" aria-live="polite">
      {first ? (
        <Note tone="ok">
          Your first request is there: {first.model ?? first.requested_model ?? "no model"}, {first.status}.{" "}
          <PageLink to="/logs/$id" id={first.id}>
            See where it went and why
          </PageLink>
        </Note>
      ) : (
        <p className="inline-flex items-center gap-2 text-quiet">
          <Icon name="wait" /> {state === "open" ? "Waiting for the first request …" : "Connecting …"}
        </p>
      )}
    </div>
  );
}
