import { describeRecordings } from "../../../testing/dialect-recordings.ts";
import { ollamaDialect } from "./dialect.ts";

describeRecordings(ollamaDialect, "ollama");
