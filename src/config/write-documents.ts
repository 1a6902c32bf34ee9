import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationPage, schemaDocument } from "./document.ts";

/** Run after a change of the schema: `bun src/config/write-documents.ts`. */
if (import.meta.main) {
  const root = join(import.meta.dir, "../..");
  const example = readFileSync(join(root, "nyuro.example.yaml"), "utf8");
  writeFileSync(join(root, "docs/configuration.md"), configurationPage(example));
  writeFileSync(join(root, "docs/nyuro.schema.json"), schemaDocument());
}
