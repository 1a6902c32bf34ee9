import type { Disturbance } from "../measure/disturbance.ts";
import type { Machine } from "../measure/machine.ts";
import type { OpenStreams } from "../measure/open-streams.ts";
import type { RoundFigures } from "../measure/round.ts";
import type { TargetName } from "../targets/target.ts";

/** Everything a run found; what `--json` writes. */
export interface Result {
  /** RFC 3339, when the run ended. */
  time: string;
  machine: Machine;
  rounds: number;
  seconds: number;
  targets: TargetResult[];
  disturbances: Disturbance[];
  /** What was left out or failed, in words. */
  notes: string[];
}

export interface TargetResult {
  name: TargetName;
  /** From the start of the process to its first answer; null = the mock itself. */
  startMs: number | null;
  /** Two seconds after a short warm-up; null = the mock itself. */
  idleResidentKib: number | null;
  /** One per round, in the order of the rounds. */
  rounds: RoundFigures[];
  openStreams: OpenStreams[];
}
