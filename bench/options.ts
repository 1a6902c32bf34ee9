import { parseArgs } from "node:util";
import { STARTERS } from "./targets/start.ts";
import type { TargetName } from "./targets/target.ts";

export interface Options {
  rounds: number;
  /** Seconds of every measured window. */
  seconds: number;
  only: readonly TargetName[];
  /** How many streams are held open at once, in ascending order; empty = that part is left out. */
  openStreams: readonly number[];
  /** Where the result goes as JSON; null = nowhere. */
  json: string | null;
  /** Rewrite the marked blocks of docs/performance.md. */
  document: boolean;
  /** Only what translation costs. */
  translation: boolean;
}

export const USAGE = `npm run bench -- [options]
  --rounds=N      interleaved rounds (5)
  --seconds=N     seconds of every measured window (3)
  --only=a,b      of: direct, relay, nginx, gateway, portkey (all); what is not installed is left out
  --no-portkey    without Portkey's gateway (it is installed with npm under the temporary folder)
  --no-streams    without the open streams, which take about two minutes
  --translation   only what translation between dialects costs: a few seconds
  --quick         2 rounds of 1 second, fewer open streams: to see that it runs, not to quote
  --json=FILE     also write everything as JSON
  --document      also rewrite the figures in docs/performance.md`;

/** Options from the command line, or a sentence that says what is wrong with it. */
export function readOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: "string" },
        seconds: { type: "string" },
        only: { type: "string" },
        json: { type: "string" },
        "no-portkey": { type: "boolean", default: false },
        "no-streams": { type: "boolean", default: false },
        quick: { type: "boolean", default: false },
        document: { type: "boolean", default: false },
        translation: { type: "boolean", default: false },
      },
    });
    const names = Object.keys(STARTERS).filter(isTargetName);
    const asked = values.only?.split(",") ?? names;
    const unknown = asked.find((name) => !isTargetName(name));
    if (unknown !== undefined) return `--only: there is no "${unknown}"`;
    const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
    const seconds = Number(values.seconds ?? (values.quick ? 1 : 3));
    if (!Number.isInteger(rounds) || rounds < 1) return "--rounds must be a whole number above 0";
    if (!(seconds > 0)) return "--seconds must be above 0";
    const openStreams = values.quick ? [50, 300] : [100, 1000, 3000];
    return {
      rounds,
      seconds,
      only: names.filter((name) => asked.includes(name) && !(values["no-portkey"] && name === "portkey")),
      openStreams: values["no-streams"] ? [] : openStreams,
      json: values.json ?? null,
      document: values.document,
      translation: values.translation,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isTargetName(name: string): name is TargetName {
  return Object.hasOwn(STARTERS, name);
}
