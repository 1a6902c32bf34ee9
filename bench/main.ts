/** `npm run bench`: measures the gateway against a bare relay, nginx and Portkey's gateway. See docs/performance.md. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeMachine } from "./measure/machine.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { type BlockName, rewriteDocument } from "./report/document.ts";
import { ratios } from "./report/ratios.ts";
import type { Result } from "./report/result.ts";
import { reportText } from "./report/text.ts";
import { translationText } from "./report/translation.ts";
import { runBench } from "./run.ts";
import { Children, projectRoot } from "./targets/children.ts";
import { measureTranslation } from "./translate.ts";

function publish(result: Result, options: Options): void {
  show("bench", reportText(result), options);
  if (options.json) {
    writeFileSync(options.json, `${JSON.stringify({ ...result, ratios: ratios(result) }, null, 2)}\n`);
  }
}

function publishTranslation(options: Options): void {
  show(
    "translation",
    translationText(measureTranslation(), new Date().toISOString(), describeMachine()),
    options,
  );
}

function show(name: BlockName, text: string, options: Options): void {
  console.log(`\n${text}`);
  const document = join(projectRoot, "docs", "performance.md");
  if (options.document && !rewriteDocument(document, name, text)) {
    console.error(`docs/performance.md has no block called ${name} to write to.`);
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
  publishTranslation(options);
  if (options.translation) return 0;
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
