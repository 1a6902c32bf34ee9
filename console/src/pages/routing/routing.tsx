import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import type { Rule } from "../../api-types.ts";
import { Empty, Failure, Waiting } from "../../parts/notice.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useMay } from "../../session.tsx";
import { Simulator } from "./simulator.tsx";

export function Routing() {
  const mayRules = useMay("admin");
  return (
    <Page
      title="Routing"
      about="The rules that are tried for each request, and where a request would go just now."
    >
      <Panel title="Simulator">
        <Simulator />
      </Panel>
      {mayRules && <Rules />}
    </Page>
  );
}

const COLUMNS: readonly Column<Rule>[] = [
  { id: "priority", title: "Priority", cell: ({ priority }) => priority },
  { id: "name", title: "Rule", cell: ({ name }) => <span className="font-medium">{name}</span> },
  { id: "when", title: "When", cell: ({ when }) => <Terms terms={when} none="always" /> },
  { id: "then", title: "Then", cell: ({ then }) => <Terms terms={then} none="nothing" /> },
];

function Rules() {
  const { data, error, refetch } = useQuery({
    queryKey: ["rules"],
    queryFn: () => api.rules({ limit: 1000 }),
  });
  return (
    <Panel title="Rules, the first that holds decides" isFlush>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data?.data.length === 0 && (
        <Empty title="No rules">
          Requests go by their model alone. Rules stand under <code>rules:</code> in the configuration file.
        </Empty>
      )}
      {data && data.data.length > 0 && (
        <Table
          caption="Rules in the order they are tried"
          columns={COLUMNS}
          rows={data.data}
          idOf={({ name }) => name}
        />
      )}
    </Panel>
  );
}

function Terms({ terms, none }: { terms: Record<string, unknown>; none: string }) {
  const entries = Object.entries(terms);
  if (entries.length === 0) return <span className="text-quiet">{none}</span>;
  return (
    <ul>
      {entries.map(([name, value]) => (
        <li key={name}>
          {name.replaceAll("_", " ")}:{" "}
          <code>{typeof value === "string" ? value : JSON.stringify(value)}</code>
        </li>
      ))}
    </ul>
  );
}
