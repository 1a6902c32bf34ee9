import type { Database, SQLQueryBindings } from "bun:sqlite";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Store } from "./open.ts";

/**
 * A Kysely for a library that expects to read and write by itself: its reads run in the reader's Worker, each write is
 * part of the next transaction of ours and told once committed. There are no transactions of its own.
 */
export function peopleDatabase(store: Store): Kysely<unknown> {
  return new Kysely({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new SplitDriver(store),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

const NO_TRANSACTIONS = "Each statement is a transaction of its own";

class SplitDriver implements Driver {
  private readonly connection: DatabaseConnection;

  constructor(store: Store) {
    this.connection = new SplitConnection(store);
  }

  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.connection;
  }
  beginTransaction(): Promise<void> {
    return Promise.reject(new Error(NO_TRANSACTIONS));
  }
  commitTransaction(): Promise<void> {
    return Promise.reject(new Error(NO_TRANSACTIONS));
  }
  rollbackTransaction(): Promise<void> {
    return Promise.reject(new Error(NO_TRANSACTIONS));
  }
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}

class SplitConnection implements DatabaseConnection {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (query.query.kind === "SelectQueryNode")
      return { rows: (await this.store.queries.executeQuery<Row>(query)).rows };
    return this.write<Row>(query);
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error("Nothing is streamed");
  }

  private async write<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    let result: QueryResult<Row> = { rows: [] };
    await this.store.writes.run((db) => {
      result = resultOf<Row>(db, query);
    });
    return result;
  }
}

/** What a write says: its RETURNING rows where it has some, else how many rows it changed. */
function resultOf<Row>(db: Database, { sql, parameters, query }: CompiledQuery): QueryResult<Row> {
  const statement = db.query<Row, SQLQueryBindings[]>(sql);
  const values = parameters as SQLQueryBindings[];
  if ("returning" in query && query.returning) {
    const rows = statement.all(...values);
    return { rows, numAffectedRows: BigInt(rows.length) };
  }
  return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) };
}
