import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import { api } from "../api.ts";
import { useGo, useOrg } from "../location.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { useMay } from "../session.tsx";
import { usePlaces } from "./nav.tsx";
import { type Found, findIn } from "./palette-search.ts";

type Go = ReturnType<typeof useGo>;

const ICONS: Record<Found["kind"], IconName> = {
  page: "menu",
  request: "logs",
  model: "models",
  provider: "providers",
  key: "keys",
};

/** Undefined = the key is not ours. */
function targetOf(key: string, at: number, last: number): number | undefined {
  const targets: Record<string, number> = {
    ArrowDown: at >= last ? 0 : at + 1,
    ArrowUp: at <= 0 ? last : at - 1,
    PageUp: 0,
    PageDown: last,
  };
  return targets[key];
}

interface FoundListProps {
  id: string;
  found: readonly Found[];
  chosen: Found | undefined;
  onOpen: (item: Found) => void;
}

function FoundList({ id, found, chosen, onOpen }: FoundListProps) {
  return (
    <ul
      id={`${id}-list`}
      role="listbox"
      aria-label="Found"
      className="mt-3 grid max-h-[50dvh] gap-px overflow-y-auto"
    >
      {found.map((item, index) => (
        <Option
          key={`${item.kind} ${item.id}`}
          id={`${id}-${index}`}
          item={item}
          isChosen={item === chosen}
          onChoose={() => onOpen(item)}
        />
      ))}
    </ul>
  );
}

/** Finds pages, a request by its id, models, keys and providers. The list belongs to the field: arrows choose, Enter goes. */
export function Palette({ onClose }: { onClose: () => void }) {
  const go = useGo();
  const id = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { found, isPending } = useFound(text);
  const chosen = found[Math.min(at, found.length - 1)];
  const open = (item: Found | undefined) => {
    if (!item) return;
    onClose();
    lead(go, item);
  };
  const onKey = (event: KeyboardEvent) => {
    const target = targetOf(event.key, at, found.length - 1);
    if (event.key === "Enter" && !event.nativeEvent.isComposing) open(chosen);
    else if (target === undefined) return;
    else setAt(Math.max(0, target));
    event.preventDefault();
  };
  return (
    <Dialog title="Go to" onClose={onClose}>
      <form onSubmit={(event) => event.preventDefault()}>
        <input
          className="field"
          type="text"
          role="combobox"
          aria-label="Page, request id, model, key or provider"
          aria-expanded={found.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={chosen ? `${id}-${found.indexOf(chosen)}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder="Page, request id, model, key or provider"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
      </form>
      <FoundList id={id} found={found} chosen={chosen} onOpen={open} />
      <p role="status" className="min-h-6 pt-1 text-quiet">
        {found.length === 0 ? (isPending ? "Looking …" : "Nothing is called that.") : ""}
      </p>
    </Dialog>
  );
}

interface OptionProps {
  id: string;
  item: Found;
  isChosen: boolean;
  onChoose: () => void;
}

function Option({ id, item: { kind, label }, isChosen, onChoose }: OptionProps) {
  return (
    // The keyboard's way to it is the field above, which says which one is chosen.
    <li
      id={id}
      ref={(element) => {
        if (isChosen) element?.scrollIntoView({ block: "nearest" });
      }}
      role="option"
      aria-selected={isChosen}
      className={`flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 ${isChosen ? "bg-accent-soft text-accent" : "hover:bg-sunken"}`}
      onClick={onChoose}
    >
      <Icon name={ICONS[kind]} />
      <span className="min-w-0 flex-1 truncate">{label}</span>
      <span className={isChosen ? "" : "text-quiet"}>{kind}</span>
    </li>
  );
}

function useFound(text: string): { found: readonly Found[]; isPending: boolean } {
  const org_id = useOrg();
  const places = usePlaces();
  const mayRead = useMay("read");
  const mayManage = useMay("manage");
  const isOperator = useMay("admin");
  const catalog = useQuery({
    queryKey: ["palette", "models", org_id],
    queryFn: () => api.catalog({ limit: 1000, org_id }),
    enabled: mayRead,
    staleTime: 60_000,
  });
  const keys = useQuery({
    queryKey: ["palette", "keys", org_id],
    queryFn: () => api.keys({ limit: 1000, org_id }),
    enabled: mayManage,
    staleTime: 60_000,
  });
  const providers = useQuery({
    queryKey: ["palette", "providers"],
    queryFn: () => api.providers({ limit: 1000 }),
    enabled: isOperator,
    staleTime: 60_000,
  });
  const found = findIn(text, {
    pages: places.map(({ to, label }) => ({ id: to, label })),
    models: catalog.data?.data.map(({ id }) => ({ id, label: id })) ?? [],
    keys: keys.data?.data.map(({ id, name }) => ({ id, label: name })) ?? [],
    providers: providers.data?.data.map(({ id }) => ({ id, label: id })) ?? [],
    mayRead,
  });
  return { found, isPending: [catalog, keys, providers].some((it) => it.isLoading) };
}

function lead(go: Go, { kind, id }: Found): void {
  if (kind === "page") return go(id as "/");
  if (kind === "request") return go("/logs/$id", {}, id);
  if (kind === "model") return go("/models", { model: id });
  if (kind === "provider") return go("/providers", { q: id });
  go("/settings/keys", { key: id });
}
