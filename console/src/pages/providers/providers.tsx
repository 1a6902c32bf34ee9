import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { usePage } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Empty, Failure, Waiting } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { AddProvider } from "./add-provider.tsx";
import { ProviderCard } from "./provider-card.tsx";

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
      <ul className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
        {shown.map((provider) => (
          <ProviderCard key={provider.id} provider={provider} />
        ))}
      </ul>
      {search.add === "1" && <AddProvider onClose={() => change({ add: undefined })} />}
    </Page>
  );
}
