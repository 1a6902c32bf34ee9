/** `npm run simulate`: every routing strategy against simple ones, over simulated providers. See docs/routing.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock, toRfc3339 } from "../src/core/clock.ts";
import { withSimulation } from "./simulator/document.ts";
import { reportText } from "./simulator/report.ts";
import { simulate, TRAFFIC } from "./simulator/simulation.ts";

const USAGE = `npm run simulate -- [options]
  --seed=N      another stream and other luck (${TRAFFIC.seed})
  --document    also rewrite the figures in docs/routing.md`;

interface Options {
  seed: number;
  document: boolean;
}

/** Options from the command line, or a sentence that says what is wrong with it. */
function readOptions(args: readonly string[]): Options | string {
  try {
    const options = {
      seed: { type: "string", default: `${TRAFFIC.seed}` },
      document: { type: "boolean", default: false },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    const seed = Number(values.seed);
    return Number.isInteger(seed) ? { seed, document: values.document } : "--seed must be a whole number";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function main(): number {
  const options = readOptions(Bun.argv.slice(2));
  if (typeof options === "string") {
    console.error(`${options}\n\n${USAGE}`);
    return 2;
  }
  const day = toRfc3339(systemClock.now()).slice(0, 10);
  const text = reportText(simulate({ ...TRAFFIC, seed: options.seed }), day);
  console.log(text);
  if (options.document) {
    const file = join(import.meta.dir, "..", "docs", "routing.md");
    writeFileSync(file, withSimulation(readFileSync(file, "utf8"), text));
  }
  return 0;
}

if (import.meta.main) process.exit(main());
