import { join } from "node:path";
import { describeDialect } from "../../../testing/dialect-laws.ts";
import { geminiDialect } from "./dialect.ts";

describeDialect(geminiDialect, join(import.meta.dir, "fixtures"));
