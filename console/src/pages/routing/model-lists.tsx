import { useQuery } from "@tanstack/react-query";
import { api } from "../../api.ts";
import type { Lists } from "../../api-types.ts";
import { PageLink } from "../../location.tsx";
import { FileBadge } from "../../parts/file-badge.tsx";
import { Failure, Waiting } from "../../parts/notice.tsx";
import { Panel } from "../../parts/page.tsx";
import { type Column, Table } from "../../parts/table.tsx";

type List = Lists["industries"][number];

/** What `auto` and `industry:…` stand for. */
export function ModelLists() {
  const { data, error, refetch } = useQuery({ queryKey: ["lists"], queryFn: api.lists });
  return (
    <>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && (
        <>
          <Panel title="Auto, by class of prompt" isFlush>
            <Table caption="Models of auto" columns={columnsOf("auto")} rows={data.auto} idOf={nameOf} />
          </Panel>
          <Panel title="Industries" isFlush>
            <Table
              caption="Models of industries"
              columns={columnsOf("industry")}
              rows={data.industries}
              idOf={nameOf}
            />
          </Panel>
        </>
      )}
    </>
  );
}

const nameOf = ({ name }: List) => name;

function columnsOf(kind: "auto" | "industry"): readonly Column<List>[] {
  return [
    {
      id: "name",
      title: kind === "auto" ? "Class of prompt" : "Industry",
      cell: ({ name }) =>
        kind === "auto" ? (
          <span className="font-medium">{name}</span>
        ) : (
          <PageLink to="/logs" search={{ industry: name }} className="link font-medium">
            {name}
          </PageLink>
        ),
    },
    { id: "models", title: "Models, in this order", cell: ({ models }) => <Names models={models} /> },
    {
      id: "source",
      title: "Whose list",
      cell: ({ source, origin }) =>
        origin ? <FileBadge origin={origin} /> : source === "file" ? "yours" : "ours",
    },
  ];
}

function Names({ models }: { models: readonly string[] }) {
  return (
    <details>
      <summary>
        {models[0]}
        {models.length > 1 && <span className="text-quiet"> and {models.length - 1} more</span>}
      </summary>
      <ol className="mt-1 list-decimal pl-6">
        {models.map((model) => (
          <li key={model} className="break-all">
            {model}
          </li>
        ))}
      </ol>
    </details>
  );
}
