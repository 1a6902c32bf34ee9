import type { CatalogModel, Deployment } from "../../api-types.ts";
import { nanoOf, showAgo, showCount, showDuration, showUsd, UNKNOWN } from "../../core/format.ts";
import { PageLink } from "../../location.tsx";
import { Status } from "../../parts/status.tsx";
import type { Column } from "../../parts/table.tsx";
import type { Searches } from "../../search.ts";

export interface DeploymentRow {
  model: string;
  owner: string;
  deployment: Deployment;
}

export const SHOWN = [
  { value: "", label: "All" },
  { value: "unpriced", label: "Price unknown" },
  { value: "deprecated", label: "Deprecated" },
  { value: "resting", label: "Resting" },
  { value: "local", label: "On own machines" },
] as const;

type Search = Partial<Searches["/models"]>;

export function wordOf(value: string): Search["show"] {
  return value === "unpriced" || value === "deprecated" || value === "resting" || value === "local"
    ? value
    : undefined;
}

export function rowsOf(models: readonly CatalogModel[]): DeploymentRow[] {
  return models.flatMap(({ id, owned_by, deployments }) =>
    deployments.map((deployment) => ({ model: id, owner: owned_by, deployment })),
  );
}

export const isUnpriced = ({ price }: Deployment) => price === null || price.input === null;

export function isShown({ model, deployment }: DeploymentRow, { q, show }: Search): boolean {
  const wanted = q?.toLowerCase() ?? "";
  if (!`${model} ${deployment.provider}`.toLowerCase().includes(wanted)) return false;
  if (show === "unpriced") return isUnpriced(deployment);
  if (show === "deprecated") return deployment.deprecated;
  if (show === "resting") return deployment.health.status === "resting";
  return show === "local" ? deployment.local : true;
}

const usd = (amount: string | null | undefined) => (amount ? nanoOf(amount) : null);

export const MODEL_COLUMNS: readonly Column<DeploymentRow>[] = [
  {
    id: "model",
    title: "Model",
    by: ({ model }) => model,
    cell: ({ model, owner }) => (
      <div>
        <PageLink to="/logs" search={{ model }} className="link font-medium">
          {model}
        </PageLink>
        <br />
        <span className="text-quiet">{owner}</span>
      </div>
    ),
  },
  {
    id: "provider",
    title: "Provider",
    by: ({ deployment }) => deployment.provider,
    cell: ({ deployment }) => (
      <span className="inline-flex flex-wrap gap-1">
        {deployment.provider} {deployment.local && <Status word="local" />}
      </span>
    ),
  },
  {
    id: "state",
    title: "State",
    cell: ({ deployment }) => (
      <span className="inline-flex flex-wrap gap-1">
        <Status word={deployment.health.status} />
        {deployment.deprecated && (
          <Status
            word="deprecated"
            label={
              deployment.shutdown_date
                ? `deprecated, ends ${deployment.shutdown_date}`
                : "deprecated, no end told"
            }
          />
        )}
      </span>
    ),
  },
  {
    id: "input",
    title: "In per million",
    isNumber: true,
    by: ({ deployment }) => usd(deployment.price?.input),
    cell: ({ deployment }) =>
      isUnpriced(deployment) ? <Status word="unpriced" /> : showUsd(deployment.price?.input),
  },
  {
    id: "output",
    title: "Out per million",
    isNumber: true,
    by: ({ deployment }) => usd(deployment.price?.output),
    cell: ({ deployment }) => showUsd(deployment.price?.output),
  },
  { id: "source", title: "Price from", cell: ({ deployment }) => priceSource(deployment) },
  {
    id: "context",
    title: "Context",
    isNumber: true,
    by: ({ deployment }) => deployment.context_length,
    cell: ({ deployment }) => showCount(deployment.context_length),
  },
  {
    id: "can",
    title: "Can",
    cell: ({ deployment }) => deployment.capabilities?.join(", ").replaceAll("_", " ") ?? "unknown",
  },
  {
    id: "quality",
    title: "Quality",
    isNumber: true,
    by: ({ deployment }) => deployment.quality,
    cell: ({ deployment }) => deployment.quality ?? UNKNOWN,
  },
  {
    id: "ttft",
    title: "First token",
    isNumber: true,
    by: ({ deployment }) => deployment.health.ttft_p50_ms,
    cell: ({ deployment }) => showDuration(deployment.health.ttft_p50_ms),
  },
];

const SOURCES: Record<string, string> = {
  config: "the configuration",
  local: "your own machine: free",
  "genai-prices": "the price list",
};

/** Who says the price, and how old that is. */
function priceSource({ price }: Deployment): string {
  if (!price?.source) return "nobody";
  const source = SOURCES[price.source] ?? price.source;
  if (!price.as_of) return source;
  return `${source} of ${price.as_of.slice(0, 10)}, ${showAgo(Date.parse(price.as_of), Date.now())}`;
}
