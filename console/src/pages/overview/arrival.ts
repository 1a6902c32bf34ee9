import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, urlOf } from "../../api.ts";
import type { Log } from "../../api-types.ts";
import { useOrg } from "../../location.tsx";

/** The first request, as soon as its row is written: the stream tells of it, nothing is asked again and again. */
export function useArrival(): { first: Log | null; state: "connecting" | "open" } {
  const [first, setFirst] = useState<Log | null>(null);
  const [state, setState] = useState<"connecting" | "open">("connecting");
  const client = useQueryClient();
  const org_id = useOrg();
  useEffect(() => {
    const source = new EventSource(urlOf("/api/v1/logs/stream", { org_id }));
    const arrived = (row: Log) => {
      source.close();
      setFirst((known) => known ?? row);
      void client.invalidateQueries({ queryKey: ["keys"] });
    };
    source.onmessage = ({ data }: MessageEvent<string>) => arrived(JSON.parse(data));
    source.onopen = async () => {
      setState("open");
      // What came between the page's first look and the stream.
      const missed = await api.logs({ limit: 1, org_id }).catch(() => null);
      const [row] = missed?.data ?? [];
      if (row && source.readyState !== EventSource.CLOSED) arrived(row);
    };
    source.onerror = () => setState("connecting");
    return () => source.close();
  }, [client, org_id]);
  return { first, state };
}
