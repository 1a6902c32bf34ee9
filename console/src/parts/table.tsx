import type { KeyboardEvent } from "react";
import { Icon } from "./icon.tsx";
import { type Column, type Sort, useTableModel } from "./table-model.ts";

export type { Column, Sort } from "./table-model.ts";

interface TableProps<Item> {
  /** What it is a table of, for who cannot see it. */
  caption: string;
  columns: readonly Column<Item>[];
  rows: readonly Item[];
  idOf: (row: Item) => string;
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
  /** Columns that are not shown. */
  hidden?: readonly string[];
}

/** A real table that scrolls sideways where it is too wide. */
export function Table<Item extends object>({ caption, sort = null, onSort, ...wanted }: TableProps<Item>) {
  const { columns, rows } = useTableModel({ ...wanted, sort });
  const hasFoot = columns.some(({ foot }) => foot !== undefined);
  return (
    <section className="relative overflow-x-auto" aria-label={caption} tabIndex={0}>
      <table className="table">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={onRowKey}>
          {rows.map(({ id, item }) => (
            <tr key={id}>
              {columns.map((column) => (
                <td key={column.id} className={column.isNumber ? "number" : ""}>
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {hasFoot && (
          <tfoot>
            <tr>
              {columns.map(({ id, isNumber, foot }) => (
                <td key={id} className={isNumber ? "number" : ""}>
                  {foot}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}

interface HeadingProps<Item> {
  column: Column<Item>;
  sort: Sort | null;
  onSort: ((sort: Sort) => void) | undefined;
}

function Heading<Item>({ column: { id, title, isNumber, by }, sort, onSort }: HeadingProps<Item>) {
  const look = isNumber ? "number" : "";
  if (!by || !onSort)
    return (
      <th scope="col" className={look}>
        {title}
      </th>
    );
  const own = sort?.id === id ? sort : null;
  const order = own === null ? "none" : own.isDown ? "descending" : "ascending";
  return (
    <th scope="col" aria-sort={order} className={look}>
      <button
        type="button"
        className="inline-flex min-h-6 items-center gap-1 font-semibold hover:text-ink"
        onClick={() => onSort({ id, isDown: own ? !own.isDown : isNumber === true })}
      >
        {title}
        {own && <Icon name={own.isDown ? "down" : "up"} />}
      </button>
    </th>
  );
}

const STEPS: Record<string, "nextElementSibling" | "previousElementSibling"> = {
  ArrowDown: "nextElementSibling",
  ArrowUp: "previousElementSibling",
  j: "nextElementSibling",
  k: "previousElementSibling",
};

/** Arrows, `j` and `k` go down and up the rows, from what leads on in one to the same in the next. */
export function onRowKey(event: KeyboardEvent<HTMLElement>): void {
  const { key, target } = event;
  const step = STEPS[key];
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
  if (!step || !isPlain || !(target instanceof HTMLElement) || !/^(?:A|BUTTON)$/.test(target.tagName)) return;
  const next = target.closest("tr")?.[step];
  const at = target.closest("td")?.cellIndex ?? 0;
  const cell = next?.children.item(at);
  const wanted =
    cell?.querySelector<HTMLElement>("a, button") ?? next?.querySelector<HTMLElement>("a, button");
  if (!wanted) return;
  event.preventDefault();
  wanted.focus();
}
