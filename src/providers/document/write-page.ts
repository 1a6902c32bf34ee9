import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { providersPage } from "./providers-page.ts";

/** Run after a change of a preset or a dialect: `npm run docs`. */
if (import.meta.main) writeFileSync(join(import.meta.dir, "../../../docs/providers.md"), providersPage());
