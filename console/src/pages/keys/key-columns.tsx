import type { Key } from "../../api-types.ts";
import { showAgo } from "../../core/format.ts";
import { PageLink } from "../../location.tsx";
import { BudgetBar } from "../../parts/budget-bar.tsx";
import { Button } from "../../parts/button.tsx";
import { Status } from "../../parts/status.tsx";
import type { Column } from "../../parts/table.tsx";
import type { Open } from "./key-dialogs.tsx";
import { stateOf } from "./key-fields.ts";

const ACTIONS = [
  ["edit", "Edit"],
  ["clone", "Clone"],
  ["rotate", "Rotate"],
  ["revoke", "Revoke"],
] as const;

export function keyColumns(
  nowMs: number,
  act: (open: Exclude<Open, "create">, key: Key) => void,
): Column<Key>[] {
  return [
    {
      id: "name",
      title: "Name",
      by: ({ name }) => name.toLowerCase(),
      cell: ({ name, prefix, id }) => (
        <div>
          <span className="font-medium">{name}</span>
          <br />
          <code className="text-quiet">{prefix}…</code>
          <br />
          <code className="text-quiet">{id}</code>
        </div>
      ),
    },
    { id: "state", title: "State", cell: (key) => <Status word={stateOf(key, nowMs)} /> },
    { id: "scopes", title: "Scopes", cell: ({ scopes }) => scopes.join(", ") },
    {
      id: "budget",
      title: "Budget",
      cell: ({ budget }) => (budget ? <BudgetBar budget={budget} /> : "none"),
    },
    { id: "limits", title: "Limits", cell: (key) => <Limits of={key} /> },
    {
      id: "used",
      title: "Last used",
      by: ({ last_used_at }) => (last_used_at === null ? null : Date.parse(last_used_at)),
      cell: ({ id, name, last_used_at }) => (
        <div className="whitespace-nowrap">
          {last_used_at === null ? "never" : showAgo(Date.parse(last_used_at), nowMs)}
          <br />
          <PageLink to="/logs" search={{ key: id, range: "30d" }}>
            View logs <span className="sr-only">of {name}</span>
          </PageLink>
        </div>
      ),
    },
    {
      id: "actions",
      title: "Actions",
      cell: (key) => (
        <div className="flex items-center gap-1">
          {ACTIONS.filter(([open]) => open === "clone" || stateOf(key, nowMs) !== "revoked").map(
            ([open, label]) => (
              <Button key={open} kind={open === "revoke" ? "danger" : "plain"} onClick={() => act(open, key)}>
                {label} <span className="sr-only">{key.name}</span>
              </Button>
            ),
          )}
        </div>
      ),
    },
  ];
}

function Limits({ of: { rate_limit, allowed_models, allowed_providers, expires_at } }: { of: Key }) {
  const said = [
    rate_limit?.rpm !== null && rate_limit?.rpm !== undefined ? `${rate_limit.rpm} requests/min` : null,
    rate_limit?.tpm !== null && rate_limit?.tpm !== undefined ? `${rate_limit.tpm} tokens/min` : null,
    rate_limit?.max_parallel !== null && rate_limit?.max_parallel !== undefined
      ? `${rate_limit.max_parallel} at once`
      : null,
    allowed_models ? `models: ${allowed_models.join(", ")}` : null,
    allowed_providers ? `providers: ${allowed_providers.join(", ")}` : null,
    expires_at ? `until ${expires_at.slice(0, 10)}` : null,
  ].filter((it) => it !== null);
  return <span>{said.length === 0 ? "none" : said.join("; ")}</span>;
}
