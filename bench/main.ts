/** `npm run bench`: measures the gateway against a bare relay, nginx and Portkey's gateway. See docs/performance.md. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Options, readOptions, USAGE } from "./options.ts";
import { rewriteDocument } from "./report/document.ts";
import { ratios } from "./report/ratios.ts";
import type { Result } from "./report/result.ts";
import { reportText } from "./report/text.ts";
import { runBench } from "./run.ts";
import { Children, projectRoot } from "./targets/children.ts";

function publish(result: Result, options: Options): void {
  const text = reportText(result);
  console.log(`\n${text}`);
  if (options.json) {
    writeFileSync(options.json, `${JSON.stringify({ ...result, ratios: ratios(result) }, null, 2)}\n`);
  }
  const document = join(projectRoot, "docs", "performance.md");
  if (options.document && !rewriteDocument(document, text)) {
    console.error("docs/performance.md has no block to write to.");
  }
}

async function main(): Promise<number> {
  const options = readOptions(Bun.argv.slice(2));
  if (typeof options === "string") {
    console.error(`${options}\n\n${USAGE}`);
    return 2;
  }
  if (process.platform !== "linux") {
    console.error("The bench reads CPU and memory from /proc and runs on Linux only.");
    return 2;
  }
  const children = new Children();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      children.abandon();
      process.exit(1);
    });
  }
  try {
    publish(await runBench(children, options, (sentence) => console.error(sentence)), options);
  } finally {
    await children.stopAll();
  }
  return 0;
}

if (import.meta.main) process.exit(await main());
