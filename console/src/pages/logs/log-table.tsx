import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect } from "react";
import type { Log } from "../../api-types.ts";
import { type Column, onRowKey } from "../../parts/table.tsx";
import { useTableModel } from "../../parts/table-model.ts";

const ROW_PX = 38;
/** So many rows before its end the next page is fetched. */
const AHEAD = 15;

interface LogTableProps {
  rows: readonly Log[];
  columns: readonly Column<Log>[];
  hidden: readonly string[];
  scroller: HTMLElement | null;
  onEnd: () => void;
}

/** A real table of which only the rows in sight are drawn: of a million rows some thirty are there. */
export function LogTable({ rows: all, columns: every, hidden, scroller, onEnd }: LogTableProps) {
  // Newest first, always: rows that are further back are not there to be sorted.
  const { rows, columns } = useTableModel({ columns: every, rows: all, idOf: ({ id }) => id, hidden });
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    overscan: 12,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const shown = virtual.getVirtualItems();
  const first = shown[0];
  const last = shown.at(-1);
  const lastIndex = last?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastIndex >= rows.length - AHEAD) onEnd();
  }, [rows.length, lastIndex, onEnd]);
  return (
    <table className="table dense" aria-rowcount={rows.length + 1}>
      <caption className="sr-only">Requests, newest first</caption>
      <thead className="sticky top-0 z-10">
        <tr aria-rowindex={1}>
          {columns.map(({ id, title, isNumber }) => (
            <th key={id} scope="col" className={isNumber ? "number" : ""}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody onKeyDown={onRowKey}>
        <Gap height={first?.start ?? 0} />
        {shown.map(({ index, key }) => {
          const row = rows[index];
          return row ? <Row key={key} row={row.item} index={index} columns={columns} /> : null;
        })}
        <Gap height={virtual.getTotalSize() - (last?.end ?? 0)} />
      </tbody>
    </table>
  );
}

function Row({ row, index, columns }: { row: Log; index: number; columns: readonly Column<Log>[] }) {
  return (
    <tr aria-rowindex={index + 2}>
      {columns.map(({ id, isNumber, cell }) => (
        <td key={id} className={`h-[38px] whitespace-nowrap ${isNumber ? "number" : ""}`}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** In the place of rows that are out of sight. */
function Gap({ height }: { height: number }) {
  return height > 0 ? (
    <tr aria-hidden="true">
      <td style={{ height, padding: 0, border: 0 }} />
    </tr>
  ) : null;
}
