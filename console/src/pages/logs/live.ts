import { useEffect, useRef, useState } from "react";
import type { Log } from "../../api-types.ts";

/** More than anybody reads; what is older is in the list below. */
const MOST_ROWS = 1_000;
const SHOW_EVERY_MS = 250;

export interface Live {
  /** Newest first. */
  rows: readonly Log[];
  /** Arrived, and not shown yet because somebody reads. */
  waiting: number;
  /** Came faster than they could be sent; the list below has them. */
  missed: number;
  state: "off" | "connecting" | "open" | "failed";
  showAll(): void;
}

function merge(fresh: readonly Log[], rows: readonly Log[]): readonly Log[] {
  if (fresh.length === 0) return rows;
  const known = new Set(rows.map(({ id }) => id));
  const added = fresh.filter(({ id }) => !known.has(id));
  return [...added.reverse(), ...rows].slice(0, MOST_ROWS);
}

/**
 * Rows as they are written, by the filters of `url`; null = off. While `isHeld` they gather out of sight. Nothing is
 * listened to while the tab is hidden; `onReturn` is told when it is seen again, because what came meanwhile is missing.
 */
export function useLive(url: string | null, isHeld: boolean, onReturn: () => void): Live {
  const [rows, setRows] = useState<readonly Log[]>([]);
  const [waiting, setWaiting] = useState(0);
  const [missed, setMissed] = useState(0);
  const [state, setState] = useState<Live["state"]>("off");
  const isVisible = useVisible();
  const wasHidden = useRef(false);
  const gathered = useRef<Log[]>([]);
  const held = useRef(isHeld);
  held.current = isHeld;

  const showAll = () => {
    const fresh = gathered.current;
    gathered.current = [];
    setRows((known) => merge(fresh, known));
    setWaiting(0);
  };

  useEffect(() => {
    gathered.current = [];
    setRows([]);
    setWaiting(0);
    setMissed(0);
    const hasReturned = wasHidden.current && isVisible;
    wasHidden.current = !isVisible;
    if (url === null || !isVisible) return setState("off");
    if (hasReturned) onReturn();
    setState("connecting");
    const source = new EventSource(url);
    const take = ({ data }: MessageEvent<string>) => {
      gathered.current.push(JSON.parse(data));
      if (gathered.current.length > MOST_ROWS)
        gathered.current.splice(0, gathered.current.length - MOST_ROWS);
    };
    source.onmessage = take;
    source.addEventListener("gap", ({ data }) => setMissed((known) => known + JSON.parse(data).missed));
    source.onopen = () => setState("open");
    source.onerror = () => setState(source.readyState === EventSource.CLOSED ? "failed" : "connecting");
    const timer = setInterval(() => {
      const fresh = gathered.current;
      if (fresh.length === 0) return;
      if (held.current) return setWaiting(fresh.length);
      gathered.current = [];
      setRows((known) => merge(fresh, known));
      setWaiting(0);
    }, SHOW_EVERY_MS);
    return () => {
      clearInterval(timer);
      source.close();
    };
  }, [url, isVisible]);

  return { rows, waiting, missed, state, showAll };
}

function useVisible(): boolean {
  const [isVisible, setVisible] = useState(() => document.visibilityState === "visible");
  useEffect(() => {
    const look = () => setVisible(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return isVisible;
}
