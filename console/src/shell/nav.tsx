import { useLocation } from "@tanstack/react-router";
import { PageLink } from "../location.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import type { PagePath } from "../search.ts";
import { grants, type Scope, useSession } from "../session.tsx";

export interface Place {
  to: PagePath;
  label: string;
  icon: IconName;
  /** Without it the page is not in the list; whoever comes by its address is told so there. Null = everybody. */
  scope: Scope | null;
  /** After `g`. */
  key: string;
}

export const PLACES: readonly (Place & { isSetting?: true })[] = [
  { to: "/", label: "Overview", icon: "overview", scope: "read", key: "o" },
  { to: "/logs", label: "Logs", icon: "logs", scope: "read", key: "l" },
  { to: "/models", label: "Models & aliases", icon: "models", scope: "read", key: "m" },
  { to: "/routing", label: "Routing", icon: "routing", scope: "read", key: "r" },
  { to: "/providers", label: "Providers & nodes", icon: "providers", scope: "admin", key: "p" },
  { to: "/playground", label: "Playground", icon: "playground", scope: "inference", key: "y" },
  { to: "/budgets", label: "Budgets & alerts", icon: "budgets", scope: "read", key: "b" },
  { to: "/billing", label: "Billing", icon: "billing", scope: "read", key: "i" },
  { to: "/settings/keys", label: "API Keys", icon: "keys", scope: "manage", key: "k", isSetting: true },
  {
    to: "/settings/organization",
    label: "Organization",
    icon: "organization",
    scope: "read",
    key: "s",
    isSetting: true,
  },
  { to: "/settings/members", label: "Members", icon: "members", scope: "manage", key: "e", isSetting: true },
  { to: "/settings/audit", label: "Audit log", icon: "audit", scope: "admin", key: "a", isSetting: true },
  { to: "/settings/account", label: "Account", icon: "account", scope: null, key: "u", isSetting: true },
];

export function usePlaces() {
  const { scopes } = useSession();
  return PLACES.filter(({ scope }) => scope === null || grants(scopes, scope));
}

/** Where one is, if one's role may not be there. */
export function useDeniedPlace(): Place | undefined {
  const { scopes } = useSession();
  const isHere = useHere();
  const place = PLACES.find(({ to }) => isHere(to));
  return place?.scope && !grants(scopes, place.scope) ? place : undefined;
}

function useHere(): (to: string) => boolean {
  const { pathname } = useLocation();
  // With the base path or without it, as the router has it.
  const current = pathname.replace(/^\/console(?=\/|$)/, "") || "/";
  return (to) => (to === "/" ? current === "/" : current === to || current.startsWith(`${to}/`));
}

export function Nav() {
  const places = usePlaces();
  const settings = places.filter(({ isSetting }) => isSetting);
  return (
    <nav aria-label="Pages" className="grid content-start gap-4">
      <List places={places.filter(({ isSetting }) => !isSetting)} />
      {settings.length > 0 && (
        <div>
          <p id="nav-settings" className="px-2.5 pb-1 text-[0.86rem] font-semibold text-quiet">
            Settings
          </p>
          <List places={settings} labelledBy="nav-settings" />
        </div>
      )}
    </nav>
  );
}

function List({ places, labelledBy }: { places: readonly Place[]; labelledBy?: string }) {
  const isHere = useHere();
  return (
    <ul className="grid gap-0.5" aria-labelledby={labelledBy}>
      {places.map(({ to, label, icon }) => (
        <li key={to}>
          <PageLink
            to={to}
            className={`flex min-h-8 items-center gap-2.5 rounded-md px-2.5 py-1 ${isHere(to) ? "bg-accent-soft font-semibold text-accent" : "hover:bg-sunken"}`}
          >
            <Icon name={icon} />
            {label}
          </PageLink>
        </li>
      ))}
    </ul>
  );
}
