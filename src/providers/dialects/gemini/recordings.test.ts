import { describeRecordings } from "../../../testing/dialect-recordings.ts";
import { geminiDialect } from "./dialect.ts";

describeRecordings(geminiDialect, "gemini");
