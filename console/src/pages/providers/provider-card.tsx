import type { Provider } from "../../api-types.ts";
import { showAgo, showCount, showDuration } from "../../core/format.ts";
import { PageLink, useNow } from "../../location.tsx";
import { FileBadge } from "../../parts/file-badge.tsx";
import { Note } from "../../parts/notice.tsx";
import { Facts } from "../../parts/page.tsx";
import { Status } from "../../parts/status.tsx";
import { Observed } from "./observed.tsx";
import { ProviderActions } from "./provider-actions.tsx";

const SOURCES: Record<Provider["source"], string> = {
  file: "configuration file",
  api: "added here",
  found: "found by itself",
  built_in: "built in, simulated",
};

export function ProviderCard({ provider }: { provider: Provider }) {
  const { id, status, local, draining, problem, origin } = provider;
  return (
    <li className="panel grid min-w-0 content-start gap-3 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="mr-auto break-all">{id}</h3>
        {origin && <FileBadge origin={origin} />}
        {local && <Status word="local" label="own machine" />}
        {draining && <Status word="draining" />}
        <Status word={status} />
      </div>
      {problem && <Note tone="bad">{problem}</Note>}
      <Facts facts={factsOf(provider)} />
      <Deployments deployments={provider.deployments} />
      <ProviderActions provider={provider} />
    </li>
  );
}

function factsOf(provider: Provider) {
  const { id, local, deployments, source, origin } = provider;
  return [
    ["Address", provider.base_url ?? "inside this program"],
    [
      local ? "Engine" : "Speaks",
      provider.preset ? `${provider.preset}, by ${provider.dialect}'s API` : `${provider.dialect}'s API`,
    ],
    ...(origin ? [] : [["From", SOURCES[source]] as const]),
    ["Credential", credentialOf(provider)],
    [
      "Models",
      <PageLink key="models" to="/models" search={{ q: id }}>
        {provider.models}
      </PageLink>,
    ],
    ["In flight", showCount(deployments.reduce((sum, { in_flight }) => sum + in_flight, 0))],
    ...(local ? [["Observed", <Observed key="observed" provider={id} />] as const] : []),
    ["Last error", <LastError key="error" provider={provider} />],
    [
      "Requests",
      <PageLink key="logs" to="/logs" search={{ provider: id }}>
        Logs
      </PageLink>,
    ],
  ] as const;
}

function LastError({ provider: { id, deployments } }: { provider: Provider }) {
  const nowMs = useNow();
  const faults = deployments.flatMap(({ model, last_fault }) =>
    last_fault ? [{ model, ...last_fault }] : [],
  );
  const last = faults.toSorted((a, b) => (a.at < b.at ? 1 : -1))[0];
  if (!last) return "none since the start";
  return (
    <span>
      <PageLink to="/logs" search={{ provider: id, model: last.model, status: "error" }}>
        {last.kind.replaceAll("_", " ")}
      </PageLink>{" "}
      of {last.model}, {showAgo(Date.parse(last.at), nowMs)}
    </span>
  );
}

/** Those that rest or come back are told without asking; the rest on demand. */
function Deployments({ deployments }: Pick<Provider, "deployments">) {
  const troubled = deployments.filter(({ rest, breaker }) => rest !== null || breaker !== "closed");
  const fine = deployments.filter((it) => !troubled.includes(it));
  return (
    <>
      {troubled.length > 0 && (
        <ul className="grid gap-1">
          {troubled.map(({ model, rest, breaker }) => (
            <li key={model}>
              <Status word="resting" label={rest ? "resting" : "coming back"} /> {model}
              {rest && `: ${rest.reason.replaceAll("_", " ")}`}, breaker {breaker.replaceAll("_", " ")}
              {rest && `, until ${rest.until.slice(11, 19)} UTC`}
            </li>
          ))}
        </ul>
      )}
      {fine.length > 0 && (
        <details>
          <summary>
            {fine.length} {fine.length === 1 ? "model is" : "models are"} ready
          </summary>
          <ul className="mt-1 grid gap-1">
            {fine.map(({ model, ttft_p50_ms, in_flight }) => (
              <li key={model} className="break-all">
                {model}: first token in {showDuration(ttft_p50_ms)}, {in_flight} in flight
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function credentialOf({ has_api_key, api_key_end, secrets }: Provider): string {
  if (api_key_end) return `…${api_key_end}`;
  if (has_api_key) return "a key";
  return secrets.length > 0 ? secrets.join(", ") : "none";
}
