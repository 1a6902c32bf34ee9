import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Reader } from "./reader.ts";
import type { Queries, Tables } from "./tables.ts";

/** Kysely over the reader: what it builds also serves writes (`write.ts`), what it executes can only read. */
export function queriesOver(reader: Reader): Queries {
  return new Kysely<Tables>({ dialect: readerDialect(reader) });
}

function readerDialect(reader: Reader): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ReaderDriver(reader),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

const NO_TRANSACTIONS = "Reads run one by one, or several on one snapshot with Store.readTogether";

class ReaderDriver implements Driver {
  private readonly connection: DatabaseConnection;

  constructor(reader: Reader) {
    this.connection = new ReaderConnection(reader);
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

class ReaderConnection implements DatabaseConnection {
  private readonly reader: Reader;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const [rows = []] = await this.reader.read([{ sql, parameters }]);
    return { rows: rows as Row[] };
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error("The reader does not stream: page by key");
  }
}
