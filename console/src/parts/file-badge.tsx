import type { Origin } from "../api-types.ts";
import { Icon } from "./icon.tsx";

/** `nyuro.yaml line 12`. */
export function placeOf({ file, line }: Origin): string {
  return line === null ? file : `${file} line ${line}`;
}

/** What the configuration file says is changed there: the badge says where. */
export function FileBadge({ origin }: { origin: Origin }) {
  return (
    <span
      className="inline-flex items-center gap-1 rounded bg-sunken px-1.5 py-px text-[0.93em] whitespace-nowrap text-quiet"
      title={`Changed in ${placeOf(origin)}`}
    >
      <Icon name="lock" className="size-[0.95em]" />
      <span className="sr-only">Locked: </span>
      <span>
        file {origin.file}
        {origin.line !== null && `:${origin.line}`}
      </span>
    </span>
  );
}
