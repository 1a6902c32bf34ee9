import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

export interface Column<Row> {
  id: string;
  title: string;
  isNumber?: boolean;
  cell: (row: Row) => ReactNode;
  /** Absent = it cannot be sorted by. Null sorts last. */
  by?: (row: Row) => string | number | bigint | null;
  foot?: ReactNode;
}

export interface Sort {
  id: string;
  isDown: boolean;
}

interface TableProps<Row> {
  /** What it is a table of, for who cannot see it. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  idOf: (row: Row) => string;
  sort?: Sort | null;
  onSort?: (sort: Sort) => void;
}

/** A real table that scrolls sideways where it is too wide. */
export function Table<Row>({ caption, columns, rows, idOf, sort = null, onSort }: TableProps<Row>) {
  const hasFoot = columns.some(({ foot }) => foot !== undefined);
  const sorted = sortRows(rows, columns, sort);
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
        <tbody>
          {sorted.map((row) => (
            <tr key={idOf(row)}>
              {columns.map(({ id, isNumber, cell }) => (
                <td key={id} className={isNumber ? "number" : ""}>
                  {cell(row)}
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

interface HeadingProps<Row> {
  column: Column<Row>;
  sort: Sort | null;
  onSort: ((sort: Sort) => void) | undefined;
}

function Heading<Row>({ column: { id, title, isNumber, by }, sort, onSort }: HeadingProps<Row>) {
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

export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const by = columns.find(({ id }) => id === sort?.id)?.by;
  if (!sort || !by) return rows;
  const sign = sort.isDown ? -1 : 1;
  return [...rows].sort((left, right) => {
    const [a, b] = [by(left), by(right)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return a === b ? 0 : a < b ? -sign : sign;
  });
}
