import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type ProviderTest } from "../../api.ts";
import type { Provider } from "../../api-types.ts";
import { showDuration } from "../../core/format.ts";
import { PageLink } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Confirm } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Note } from "../../parts/notice.tsx";
import { Facts } from "../../parts/page.tsx";
import { Status } from "../../parts/status.tsx";

const SOURCES: Record<Provider["source"], string> = {
  file: "configuration file: changed there",
  api: "added here",
  found: "found by itself",
  built_in: "built in, simulated",
};

export function ProviderCard({ provider }: { provider: Provider }) {
  const { id, status, local, draining, problem, deployments } = provider;
  const resting = deployments.filter((it) => it.rest !== null);
  return (
    <li className="panel grid content-start gap-3 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="mr-auto break-all">{id}</h2>
        {local && <Status word="local" />}
        {draining && <Status word="draining" />}
        <Status word={status} />
      </div>
      {problem && <Note tone="bad">{problem}</Note>}
      <Facts
        facts={[
          ["Address", provider.base_url ?? "inside this program"],
          ["Speaks", provider.preset ? `${provider.dialect} (preset ${provider.preset})` : provider.dialect],
          ["From", <Source key="source" source={provider.source} />],
          ["Credential", credentialOf(provider)],
          [
            "Models",
            <PageLink key="models" to="/models" search={{ q: id }}>
              {provider.models}
            </PageLink>,
          ],
          ["In flight", deployments.reduce((sum, { in_flight }) => sum + in_flight, 0)],
          [
            "Requests",
            <PageLink key="logs" to="/logs" search={{ provider: id }}>
              Logs
            </PageLink>,
          ],
        ]}
      />
      {resting.length > 0 && (
        <ul className="grid gap-1">
          {resting.map(({ model, rest, breaker }) => (
            <li key={model}>
              <Status word="resting" /> {model}: {rest?.reason.replaceAll("_", " ")}, breaker{" "}
              {breaker.replaceAll("_", " ")}, until {rest?.until.slice(11, 19)} UTC
            </li>
          ))}
        </ul>
      )}
      <Actions provider={provider} />
    </li>
  );
}

function Source({ source }: { source: Provider["source"] }) {
  return (
    <span className="inline-flex items-center gap-1">
      {source === "file" && <Icon name="lock" />}
      {SOURCES[source]}
    </span>
  );
}

function credentialOf({ has_api_key, api_key_end, secrets }: Provider): string {
  if (api_key_end) return `…${api_key_end}`;
  if (has_api_key) return "a key";
  return secrets.length > 0 ? secrets.join(", ") : "none";
}

function Actions({ provider: { id, draining, source } }: { provider: Provider }) {
  const client = useQueryClient();
  const [isLeaving, setLeaving] = useState(false);
  const again = () => client.invalidateQueries({ queryKey: ["providers"] });
  const test = useMutation({ mutationFn: () => api.testProvider(id), onSettled: again });
  const drain = useMutation({ mutationFn: () => api.drainProvider(id, !draining), onSettled: again });
  const remove = useMutation({
    mutationFn: () => api.removeProvider(id),
    onSuccess: () => {
      setLeaving(false);
      void again();
    },
  });
  const failed = test.error ?? drain.error;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        <Button isBusy={test.isPending} onClick={() => test.mutate()}>
          Test <span className="sr-only">{id}</span>
        </Button>
        <Button isBusy={drain.isPending} onClick={() => drain.mutate()}>
          {draining ? "Take back" : "Drain"} <span className="sr-only">{id}</span>
        </Button>
        {source === "api" && (
          <Button kind="danger" onClick={() => setLeaving(true)}>
            Remove <span className="sr-only">{id}</span>
          </Button>
        )}
      </div>
      <div role="status">
        {test.data && <Tested test={test.data} />}
        {failed && <Note tone="bad">{failed.message}</Note>}
      </div>
      {isLeaving && (
        <Confirm
          title={`Remove ${id}?`}
          action="Remove it"
          isBusy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => setLeaving(false)}
        >
          It takes no new requests; those under way end. Its credential is deleted.
        </Confirm>
      )}
    </div>
  );
}

export function Tested({ test }: { test: ProviderTest }) {
  return test.ok ? (
    <Note tone="ok">
      It answered in {showDuration(test.latency_ms)} and lists {test.models} models.
    </Note>
  ) : (
    <Note tone="bad">
      {test.fault?.replaceAll("_", " ")}
      {test.http_status ? `, status ${test.http_status}` : ""}, after {showDuration(test.latency_ms)}.
    </Note>
  );
}
