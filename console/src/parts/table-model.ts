import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  type Row,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { type ReactNode, useMemo } from "react";

export interface Column<Item> {
  id: string;
  title: string;
  isNumber?: boolean;
  cell: (row: Item) => ReactNode;
  /** Absent = it cannot be sorted by. Null sorts last. */
  by?: (row: Item) => string | number | bigint | null;
  foot?: ReactNode;
}

export interface Sort {
  id: string;
  isDown: boolean;
}

interface Wanted<Item> {
  columns: readonly Column<Item>[];
  rows: readonly Item[];
  idOf: (row: Item) => string;
  /** Only where all rows are there: to sort a page of a longer list would tell something else. */
  sort?: Sort | null;
  /** Columns that are not shown. */
  hidden?: readonly string[];
}

const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
});

type Features = typeof features;

function compare<Item>(left: Row<Features, Item & object>, right: Row<Features, Item & object>, id: string) {
  const [a, b] = [left.getValue<string | number | bigint>(id), right.getValue<string | number | bigint>(id)];
  return a === b ? 0 : a < b ? -1 : 1;
}

const NONE: readonly string[] = [];

/**
 * The columns that are shown and the rows in their order, by TanStack Table. Cells are drawn by the columns' own functions: as
 * components of the library they would be made anew, and lose the focus, whenever a page makes its columns anew.
 */
export function useTableModel<Item extends object>({
  columns,
  rows,
  idOf,
  sort,
  hidden = NONE,
}: Wanted<Item>) {
  const definitions = useMemo(
    () =>
      columns.map(
        ({ id, by }): ColumnDef<Features, Item> => ({
          id,
          accessorFn: (row: Item) => by?.(row) ?? undefined,
          enableSorting: by !== undefined,
          sortFn: compare,
          sortUndefined: "last",
        }),
      ),
    [columns],
  );
  const sorting = useMemo(() => (sort ? [{ id: sort.id, desc: sort.isDown }] : []), [sort?.id, sort?.isDown]);
  const columnVisibility = useMemo(
    () => Object.fromEntries(hidden.map((id) => [id, false])),
    [hidden.join(",")],
  );
  const table = useTable<Features, Item>({
    features,
    columns: definitions,
    data: rows as Item[],
    getRowId: idOf,
    state: { sorting, columnVisibility },
  });
  const byId = new Map(columns.map((column) => [column.id, column]));
  return {
    columns: table.getVisibleLeafColumns().flatMap(({ id }) => byId.get(id) ?? []),
    rows: table.getRowModel().rows.map(({ id, original }) => ({ id, item: original })),
  };
}
