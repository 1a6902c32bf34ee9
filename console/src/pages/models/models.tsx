import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import type { Origin } from "../../api-types.ts";
import { PageLink, usePage } from "../../location.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import { FileBadge } from "../../parts/file-badge.tsx";
import { Empty, Failure, Note, Waiting } from "../../parts/notice.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { type Sort, Table } from "../../parts/table.tsx";
import {
  type DeploymentRow,
  isShown,
  isUnpriced,
  MODEL_COLUMNS,
  rowsOf,
  SHOWN,
  wordOf,
} from "./model-columns.tsx";

export function Models() {
  const [search, change] = usePage("/models");
  const [sort, setSort] = useState<Sort | null>(null);
  const { data, error, refetch } = useQuery({ queryKey: ["catalog", "all"], queryFn: everyModel });
  const rows = data ? rowsOf(data.models) : [];
  const shown = rows.filter((row) => isShown(row, search));
  return (
    <Page
      title="Models & aliases"
      about="Every model that can be asked for, with the providers that serve it. Figures say where they come from."
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && (
        <>
          <Aliases aliases={data.aliases} origins={data.origins} />
          <Unpriced rows={rows} />
          <Panel
            title={`Deployments (${shown.length})`}
            isFlush
            actions={
              <search className="flex flex-wrap gap-3">
                <TextField
                  label="Search"
                  type="search"
                  data-filter=""
                  placeholder="Model or provider"
                  value={search.q ?? ""}
                  onChange={(event) => change({ q: event.target.value || undefined })}
                />
                <SelectField
                  label="Show"
                  value={search.show ?? ""}
                  choices={SHOWN}
                  onChange={(event) => change({ show: wordOf(event.target.value) })}
                />
              </search>
            }
          >
            {shown.length === 0 ? (
              <Empty title={rows.length === 0 ? "No models yet" : "No model matches"}>
                {rows.length === 0
                  ? "Add a provider, or give one its key."
                  : "Change the search or what is shown."}
              </Empty>
            ) : (
              <Deployments rows={shown} sort={sort} onSort={setSort} />
            )}
          </Panel>
        </>
      )}
    </Page>
  );
}

function Deployments({
  rows,
  sort,
  onSort,
}: {
  rows: DeploymentRow[];
  sort: Sort | null;
  onSort: (sort: Sort) => void;
}) {
  return (
    <Table
      caption="Models and who serves them"
      columns={MODEL_COLUMNS}
      rows={rows}
      idOf={({ deployment }) => deployment.id}
      sort={sort}
      onSort={onSort}
    />
  );
}

/** The catalog is in the gateway's memory: it is read whole, page by page. */
async function everyModel() {
  const pages = [await api.catalog({ limit: 1000 })];
  for (let next = pages[0]?.next_cursor; next; next = pages.at(-1)?.next_cursor)
    pages.push(await api.catalog({ limit: 1000, cursor: next }));
  return {
    models: pages.flatMap(({ data }) => data),
    aliases: pages[0]?.aliases ?? {},
    origins: pages[0]?.alias_origins ?? {},
  };
}

/** What is served without a price is in no bill and held by no budget: somebody should say one. */
function Unpriced({ rows }: { rows: readonly DeploymentRow[] }) {
  const unpriced = rows.filter(({ deployment }) => isUnpriced(deployment));
  const [first] = unpriced;
  if (!first) return null;
  return (
    <Note tone="warn">
      <PageLink to="/models" search={{ show: "unpriced" }}>
        {unpriced.length} of {rows.length} deployments
      </PageLink>{" "}
      have no known price, so that their cost is in no figure. A provider's <code>models</code> in the
      configuration say one: <code>{`- { id: ${first.model}, price: { input: 0.15, output: 0.60 } }`}</code>,
      in USD per million tokens.
    </Note>
  );
}

interface AliasesProps {
  aliases: Record<string, string[]>;
  origins: Record<string, Origin | null>;
}

function Aliases({ aliases, origins }: AliasesProps) {
  const rows = Object.entries(aliases);
  if (rows.length === 0) return null;
  return (
    <Panel title="Aliases" isFlush>
      <Table
        caption="Aliases and the models they stand for"
        columns={[
          {
            id: "alias",
            title: "Alias",
            cell: ([alias]) => (
              <span className="inline-flex flex-wrap items-center gap-2">
                <span className="font-medium">{alias}</span>
                {origins[alias] && <FileBadge origin={origins[alias]} />}
              </span>
            ),
          },
          {
            id: "models",
            title: "Stands for, in this order",
            cell: ([, models]) =>
              models.map((model, index) => (
                <span key={model}>
                  {index > 0 && ", then "}
                  <PageLink to="/models" search={{ q: model }}>
                    {model}
                  </PageLink>
                </span>
              )),
          },
        ]}
        rows={rows}
        idOf={([alias]) => alias}
      />
    </Panel>
  );
}
