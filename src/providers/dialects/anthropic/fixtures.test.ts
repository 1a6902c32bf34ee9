import { join } from "node:path";
import { describeDialect } from "../../../testing/dialect-laws.ts";
import { anthropicDialect } from "./dialect.ts";

describeDialect(anthropicDialect, join(import.meta.dir, "fixtures"));
