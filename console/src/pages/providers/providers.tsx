import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { usePage } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Empty, Failure, Waiting } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { AddProvider } from "./add-provider.tsx";
import { ProviderCard } from "./provider-card.tsx";

/** One's own machines first: nobody else looks after them. */
const GROUPS = [
  { title: "Own machines", isOwn: true },
  { title: "Services", isOwn: false },
] as const;

const POLL_MS = 5_000;

export function Providers() {
  const [search, change] = usePage("/providers");
  const { data, error, refetch } = useQuery({
    queryKey: ["providers"],
    queryFn: () => api.providers({ limit: 1000 }),
    refetchInterval: POLL_MS,
  });
  const wanted = search.q?.toLowerCase() ?? "";
  const shown = data?.data.filter(({ id }) => id.toLowerCase().includes(wanted)) ?? [];
  return (
    <Page
      title="Providers & nodes"
      about="Who serves models: services elsewhere, and your own machines beside them."
      actions={
        <>
          <TextField
            label="Search"
            type="search"
            data-filter=""
            value={search.q ?? ""}
            onChange={(event) => change({ q: event.target.value || undefined })}
          />
          <Button kind="main" icon="plus" onClick={() => change({ add: "1" })}>
            Add provider
          </Button>
        </>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && shown.length === 0 && <Empty title={wanted ? "No provider matches" : "No providers"} />}
      {GROUPS.map(({ title, isOwn }) => {
        const group = shown.filter(({ local, source }) => (local && source !== "built_in") === isOwn);
        return group.length === 0 ? null : (
          <section key={title} aria-label={title} className="grid gap-3">
            <h2>{title}</h2>
            <ul className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
              {group.map((provider) => (
                <ProviderCard key={provider.id} provider={provider} />
              ))}
            </ul>
          </section>
        );
      })}
      {search.add === "1" && (search.copy === undefined || data) && (
        <AddProvider
          twin={data?.data.find(({ id }) => id === search.copy)}
          onClose={() => change({ add: undefined, copy: undefined })}
        />
      )}
    </Page>
  );
}
