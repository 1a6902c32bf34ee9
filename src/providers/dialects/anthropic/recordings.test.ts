import { describeRecordings } from "../../../testing/dialect-recordings.ts";
import { anthropicDialect } from "./dialect.ts";

describeRecordings(anthropicDialect, "anthropic", {
  "anthropic/spliced-message-start-stream":
    "two answers in one stream: see fixtures/two-answers-in-one-stream",
});
