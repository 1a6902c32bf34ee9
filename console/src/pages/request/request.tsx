import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { api } from "../../api.ts";
import type { LogDetail } from "../../api-types.ts";
import { showTime } from "../../core/zone.ts";
import { PageLink, usePage, useZone } from "../../location.tsx";
import { buttonLook } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Failure, Waiting } from "../../parts/notice.tsx";
import { Facts, Page, Panel } from "../../parts/page.tsx";
import { Status } from "../../parts/status.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { useMay } from "../../session.tsx";
import { curlOf } from "../keys/snippets.ts";
import { replayOf, wholeRequest } from "../playground/replay.ts";
import { Body } from "./body.tsx";
import { KeptDecision, WholeDecision } from "./kept-decision.tsx";
import { Usage } from "./usage.tsx";
import { Waterfall } from "./waterfall.tsx";

/** One request: what was asked, why it went where it went, what happened there, and what it cost. */
export function Request() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const { data, error, refetch } = useQuery({ queryKey: ["log", id], queryFn: () => api.log(id) });
  return (
    <Page
      title={id}
      about={<PageLink to="/logs">All requests</PageLink>}
      actions={data && <Actions row={data} />}
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && <Views row={data} />}
    </Page>
  );
}

function Actions({ row }: { row: LogDetail }) {
  const model = row.requested_model ?? row.model ?? "auto";
  const body = wholeRequest(row);
  const isReplayed = body !== null && row.operation === "chat" && replayOf(body) !== null;
  const path = row.operation === "chat" ? "/v1/chat/completions" : "/v1/embeddings";
  const known = { origin: location.origin, key: "$NYURO_API_KEY", model };
  return (
    <>
      <Copy text={() => curlOf(body === null ? known : { ...known, path, body })} label="Copy as curl" />
      <Copy text={() => location.href} label="Copy link" />
      <PageLink to="/routing" search={{ model }} className={buttonLook()}>
        Decide again, now
      </PageLink>
      {useMay("inference") && (
        <PageLink
          to="/playground"
          search={{ model, ...(isReplayed ? { replay: row.id } : {}) }}
          className={buttonLook()}
        >
          {isReplayed ? "Replay in the playground" : "Open in the playground"}
        </PageLink>
      )}
    </>
  );
}

const TABS = [
  { id: "trace", label: "Trace" },
  { id: "request", label: "Request" },
  { id: "response", label: "Response" },
] as const;

/** What happened, and what was said: which of them is shown stands in the URL. */
function Views({ row }: { row: LogDetail }) {
  const [{ show }, change] = usePage("/logs/$id");
  return (
    <Tabs
      label="Views of the request"
      tabs={TABS}
      chosen={show ?? "trace"}
      onChoose={(id) => change({ show: id === "trace" ? undefined : id })}
    >
      {show ? <Body row={row} side={show} /> : <Parts row={row} />}
    </Tabs>
  );
}

function Parts({ row }: { row: LogDetail }) {
  return (
    <>
      <Panel>
        <Summary row={row} />
      </Panel>
      <Panel title="Attempts">
        <Waterfall row={row} />
      </Panel>
      <Panel title="Decision">
        {row.decision ? <WholeDecision row={row} decision={row.decision} /> : <KeptDecision row={row} />}
      </Panel>
      <Panel title="Usage and cost">
        <Usage row={row} />
      </Panel>
      <Raw row={row} />
    </>
  );
}

function Summary({ row }: { row: LogDetail }) {
  const zone = useZone();
  const linked = (name: "model" | "provider" | "industry", value: string | null) =>
    value === null ? (
      "none"
    ) : (
      <PageLink to="/logs" search={{ [name]: value }}>
        {value}
      </PageLink>
    );
  return (
    <div className="grid gap-x-10 gap-y-1.5 lg:grid-cols-2">
      <Facts
        facts={[
          [
            "Status",
            <span key="status">
              <Status word={row.status} /> {row.http_status}
              {row.error_code ? `, ${row.error_code}` : ""}
            </span>,
          ],
          ["Time", `${showTime(Date.parse(row.time), zone)} (${zone})`],
          ["Asked for", row.requested_model ?? "no model"],
          ["Answered by", linked("model", row.model)],
          ["Provider", linked("provider", row.provider)],
          [
            "Key",
            <PageLink key="key" to="/logs" search={{ key: row.key_id }}>
              {row.key_id}
            </PageLink>,
          ],
        ]}
      />
      <Facts
        facts={[
          ["Why", row.route_reason ?? "not routed"],
          ["Form", row.form ?? "not kept"],
          ["Rule", row.rule ?? "none"],
          ["Task", row.task ?? "not classified"],
          ["Industry", linked("industry", row.industry)],
          ["Kind", `${row.operation}${row.stream ? ", streamed" : ""}`],
        ]}
      />
    </div>
  );
}

/** Without what was said, which has its own views. */
function Raw({ row: { bodies: _, ...row } }: { row: LogDetail }) {
  const text = JSON.stringify(row, null, 2);
  return (
    <details className="panel px-4 py-3">
      <summary className="font-semibold">The row as JSON</summary>
      <div className="mt-3 grid gap-2">
        <section className="code max-h-[32rem] overflow-auto" aria-label="The row as JSON" tabIndex={0}>
          {text}
        </section>
        <div>
          <Copy text={text} />
        </div>
      </div>
    </details>
  );
}
