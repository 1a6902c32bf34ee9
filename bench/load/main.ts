/** The load generator's process: one job in, as JSON in the argument; messages out, one JSON object a line. */
import { runClosedLoop } from "./closed-loop.ts";
import { holdStreams } from "./held-streams.ts";
import type { Job, LoadMessage } from "./job.ts";

function say(message: LoadMessage): void {
  console.log(JSON.stringify(message));
}

async function run(): Promise<void> {
  const job: Job = JSON.parse(Bun.argv[2] ?? "{}");
  const start = () => say({ started: true });
  say({ result: job.kind === "held" ? await holdStreams(job, start) : await runClosedLoop(job, start) });
  process.exit(0);
}

if (import.meta.main) await run();
