import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeDialect } from "../../../testing/dialect-laws.ts";
import { eventStream } from "../../../testing/event-stream.ts";
import { bedrockDialect } from "./dialect.ts";

const folder = join(import.meta.dir, "fixtures");

/** A binary stream is kept as the list of its messages. */
describeDialect(bedrockDialect, folder, ({ name }) => {
  const path = join(folder, name, "upstream.events.json");
  return existsSync(path) ? eventStream(JSON.parse(readFileSync(path, "utf8"))) : null;
});
