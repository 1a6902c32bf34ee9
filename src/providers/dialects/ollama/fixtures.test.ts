import { join } from "node:path";
import { describeDialect } from "../../../testing/dialect-laws.ts";
import { ollamaDialect } from "./dialect.ts";

describeDialect(ollamaDialect, join(import.meta.dir, "fixtures"));
