import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import { PageLink, useOrg } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Panel } from "../../parts/page.tsx";
import type { PagePath } from "../../search.ts";
import { useMay } from "../../session.tsx";

const HIDDEN = "nyuro-checklist-hidden";

interface Item {
  title: string;
  why: string;
  isDone: boolean;
  /** The page that does it, and what it opens with. */
  to: PagePath;
  search?: object;
}

/** What a new gateway still lacks; gone when all is done, or when somebody has enough of it. */
export function Checklist() {
  const [isHidden, setHidden] = useState(isKeptHidden);
  const mayManage = useMay("manage");
  const items = useItems(mayManage && !isHidden);
  if (isHidden || !mayManage || items === null || items.every(({ isDone }) => isDone)) return null;
  const done = items.filter(({ isDone }) => isDone).length;
  return (
    <Panel
      title={`Set up: ${done} of ${items.length}`}
      actions={
        <Button
          kind="quiet"
          onClick={() => {
            keepHidden();
            setHidden(true);
          }}
        >
          Hide <span className="sr-only">the checklist</span>
        </Button>
      }
    >
      <ul className="grid gap-3">
        {items.map((item) => (
          <li key={item.title} className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-x-2">
            <Icon
              name={item.isDone ? "ok" : "away"}
              className={`mt-1 ${item.isDone ? "text-ok" : "text-quiet"}`}
            />
            <div>
              {item.isDone ? (
                <span>
                  {item.title} <span className="text-quiet">(done)</span>
                </span>
              ) : (
                <PageLink to={item.to} search={item.search ?? {}}>
                  {item.title}
                </PageLink>
              )}
              {!item.isDone && <p className="text-quiet">{item.why}</p>}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Null = it is not known yet. */
function useItems(isWanted: boolean): readonly Item[] | null {
  const org_id = useOrg();
  const mayAdmin = useMay("admin");
  const keys = useQuery({
    queryKey: ["keys", "checklist", org_id],
    queryFn: () => api.keys({ limit: 200, org_id }),
    enabled: isWanted,
  });
  const logs = useQuery({
    queryKey: ["logs", "first", org_id],
    queryFn: () => api.logs({ limit: 1, org_id }),
    enabled: isWanted,
  });
  const budgets = useQuery({
    queryKey: ["budgets", "checklist", org_id],
    queryFn: () => api.budgets({ limit: 1, org_id }),
    enabled: isWanted,
  });
  const providers = useQuery({
    queryKey: ["providers"],
    queryFn: () => api.providers({ limit: 1000 }),
    enabled: isWanted && mayAdmin,
  });
  if (!keys.data || !logs.data || !budgets.data || (mayAdmin && !providers.data)) return null;
  const isReal = providers.data?.data.some(({ source }) => source !== "built_in") ?? false;
  // The first key came with the gateway, and may do everything: programs get their own.
  const isKey = keys.data.data.some(
    ({ scopes, revoked_at }) => revoked_at === null && !scopes.includes("admin"),
  );
  const provider: Item = {
    ...{ title: "Connect a provider or your own machine", to: "/providers", search: { add: "1" } },
    ...{ why: "Until then only the simulated models answer.", isDone: isReal },
  };
  return [
    {
      ...{ title: "Make a key for a program", to: "/settings/keys", search: { create: "1" } },
      ...{ why: "Each program its own, so that costs and limits are told apart.", isDone: isKey },
    },
    {
      ...{ title: "Send a first request", to: "/playground" },
      ...{ why: "Here with curl, or in the playground.", isDone: logs.data.data.length > 0 },
    },
    ...(mayAdmin ? [provider] : []),
    {
      ...{ title: "Set a budget", to: "/budgets" },
      ...{ why: "What is held before it is sent cannot be overspent.", isDone: budgets.data.data.length > 0 },
    },
  ];
}

function isKeptHidden(): boolean {
  try {
    return localStorage.getItem(HIDDEN) !== null;
  } catch {
    return false;
  }
}

function keepHidden(): void {
  try {
    localStorage.setItem(HIDDEN, "1");
  } catch {
    // Then it is there again after a reload.
  }
}
