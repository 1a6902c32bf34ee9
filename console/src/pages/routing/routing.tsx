import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import type { Rule } from "../../api-types.ts";
import { yamlEntry } from "../../core/yaml.ts";
import { usePage } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Copy } from "../../parts/copy.tsx";
import { Denied } from "../../parts/denied.tsx";
import { FileBadge } from "../../parts/file-badge.tsx";
import { Empty, Failure, Waiting } from "../../parts/notice.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useMay } from "../../session.tsx";
import { DryRunPanel } from "./dry-run.tsx";
import { ModelLists } from "./model-lists.tsx";
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
      {mayRules && (
        <>
          <Rules />
          <DryRunPanel />
          <ModelLists />
        </>
      )}
      {!mayRules && <Denied what="Rules, lists and dry runs are" to="admin" />}
    </Page>
  );
}

/** As it stands in the file. */
export function yamlOf({ name, priority, when, then }: Rule): string {
  return yamlEntry({ name, priority, ...(Object.keys(when).length > 0 ? { when } : {}), then });
}

const COLUMNS: readonly Column<Rule>[] = [
  { id: "priority", title: "Priority", cell: ({ priority }) => priority },
  {
    id: "name",
    title: "Rule",
    cell: ({ name, origin }) => (
      <div className="grid justify-items-start gap-1">
        <span className="font-medium">{name}</span>
        {origin && <FileBadge origin={origin} />}
      </div>
    ),
  },
  { id: "when", title: "When", cell: ({ when }) => <Terms terms={when} none="always" /> },
  { id: "then", title: "Then", cell: ({ then }) => <Terms terms={then} none="nothing" /> },
  { id: "actions", title: "Actions", cell: (rule) => <RuleActions rule={rule} /> },
];

function RuleActions({ rule }: { rule: Rule }) {
  const [, change] = usePage("/routing");
  const draft = () => {
    change({ draft: yamlOf(rule) }, true);
    requestAnimationFrame(() => document.getElementById("draft-rule")?.focus());
  };
  return (
    <div className="flex flex-wrap gap-1">
      <Button onClick={draft}>
        Try a change <span className="sr-only">of {rule.name}</span>
      </Button>
      <Copy label="Copy as YAML" text={() => `${yamlOf(rule)}\n`} />
    </div>
  );
}

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
          Requests go by their model alone. Rules stand under <code>rules:</code> in the configuration file;
          try one below before you write it there.
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
