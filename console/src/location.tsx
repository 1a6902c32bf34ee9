import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { type Span, spanOf } from "./core/range.ts";
import { isZone, ownZone } from "./core/zone.ts";
import type { Everywhere, PagePath, Searches } from "./search.ts";

type Wanted<Path extends PagePath> = Partial<Searches[Path] & Everywhere>;

/** What follows from page to page. */
const KEPT = ["range", "from", "to", "tz", "org"] as const;

function kept(search: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(KEPT.map((name) => [name, search[name]]));
}

interface PageLinkProps<Path extends PagePath> {
  to: Path;
  search?: Wanted<Path>;
  id?: string;
  className?: string;
  children: ReactNode;
}

/** A link to a page of the console: range, zone and organization go along. */
export function PageLink<Path extends PagePath>({
  to,
  search = {},
  id,
  className = "link",
  children,
}: PageLinkProps<Path>) {
  return (
    <Link
      to={to as string}
      params={(id === undefined ? {} : { id }) as never}
      search={((previous: Record<string, unknown>) => ({ ...kept(previous), ...search })) as never}
      className={className}
      activeOptions={{ exact: true, includeSearch: false }}
    >
      {children}
    </Link>
  );
}

/** The page's part of the URL, and how to change it: in place, or as a step that "back" undoes. */
export function usePage<Path extends PagePath>(_path: Path) {
  const search = useSearch({ strict: false }) as Wanted<Path>;
  const navigate = useNavigate();
  const change = (patch: Wanted<Path>, isStep = false) =>
    void navigate({
      to: ".",
      search: ((previous: Record<string, unknown>) => ({ ...previous, ...patch })) as never,
      replace: !isStep,
    });
  return [search, change] as const;
}

export function useGo() {
  const navigate = useNavigate();
  return <Path extends PagePath>(to: Path, search: Wanted<Path> = {}, id?: string) =>
    void navigate({
      to: to as string,
      params: (id === undefined ? {} : { id }) as never,
      search: ((previous: Record<string, unknown>) => ({ ...kept(previous), ...search })) as never,
    });
}

const ZONE_KEY = "nyuro-zone";

export function keepZone(zone: string): void {
  try {
    localStorage.setItem(ZONE_KEY, zone);
  } catch {
    // Then it holds as long as the URL does.
  }
}

function keptZone(): string | null {
  try {
    const zone = localStorage.getItem(ZONE_KEY);
    return zone !== null && isZone(zone) ? zone : null;
  } catch {
    return null;
  }
}

/** The URL's, else the one chosen on this machine, else the machine's. */
export function useZone(): string {
  const { tz } = useSearch({ strict: false }) as Partial<Everywhere>;
  return tz ?? keptZone() ?? ownZone();
}

/** Ticks, so that a range that ends now goes on doing so. */
export function useNow(everyMs = 30_000): number {
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}

export function useSpan(): Span {
  const search = useSearch({ strict: false }) as Partial<Everywhere>;
  return spanOf(search, useZone(), useNow());
}

/** The same, standing still until `refresh`: what is paged through must not move. */
export function useFixedSpan(): { span: Span; refresh: () => void } {
  const { range, from, to } = useSearch({ strict: false }) as Partial<Everywhere>;
  const zone = useZone();
  const [nowMs, setNow] = useState(() => Date.now());
  const span = useMemo(() => spanOf({ range, from, to }, zone, nowMs), [range, from, to, zone, nowMs]);
  return { span, refresh: () => setNow(Date.now()) };
}

/** As the API takes it: absent = what the caller may see. */
export function useOrg(): string | undefined {
  return (useSearch({ strict: false }) as Partial<Everywhere>).org;
}
