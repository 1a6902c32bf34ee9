import { type Disturbance, watchMachine } from "./measure/disturbance.ts";
import { describeMachine, type Machine } from "./measure/machine.ts";
import { holdOpen } from "./measure/open-streams.ts";
import { processTree, residentKib } from "./measure/process-usage.ts";
import { measureTarget } from "./measure/round.ts";
import { shuffled } from "./measure/statistics.ts";
import { measureWindow } from "./measure/window.ts";
import type { Options } from "./options.ts";
import type { Result, TargetResult } from "./report/result.ts";
import type { Children } from "./targets/children.ts";
import { STARTERS, startMock } from "./targets/start.ts";
import { isAbsent, type Setting, type Target } from "./targets/target.ts";

/** A target that runs, and what is known of it so far. */
interface Contender {
  target: Target;
  result: TargetResult;
}

type Say = (sentence: string) => void;

const IDLE_SETTLE_MS = 2000;
/** What users have has run for days: before the first round everything is compiled as it will stay. */
const WARM = { connections: 32, warmupSeconds: 0.5, seconds: 3.5 } as const;

/** The whole measurement. `say` gets a sentence at every step. */
export async function runBench(children: Children, options: Options, say: Say): Promise<Result> {
  const machine = describeMachine();
  const notes = new Set<string>();
  const { port: mockPort } = await startMock(children);
  const contenders: Contender[] = [];
  for (const name of options.only) {
    say(`starting ${name}`);
    const contender = await enter({ children, mockPort }, name, notes);
    if (contender) contenders.push(contender);
  }
  await holdAll(children, contenders, fittingLevels(options, machine, notes), say);
  const disturbances = await runRounds(children, contenders, options, notes, say);
  return {
    time: new Date().toISOString(),
    machine,
    rounds: options.rounds,
    seconds: options.seconds,
    targets: contenders.map((contender) => contender.result),
    disturbances,
    notes: [...notes],
  };
}

/** Starts one target, warms it up and reads its memory at rest; null = it is not there, which a note tells. */
async function enter(setting: Setting, name: Target["name"], notes: Set<string>): Promise<Contender | null> {
  const from = performance.now();
  const target = await STARTERS[name](setting);
  const startMs = performance.now() - from;
  if (isAbsent(target)) {
    notes.add(`${name}: left out, ${target.reason}`);
    return null;
  }
  const shape = { profile: "json", connections: 8, warmupSeconds: 0.5, seconds: 0.5 } as const;
  const { load } = await measureWindow(setting.children, target, shape);
  if (load.completed === 0) {
    notes.add(`${name}: left out, it answers nothing right (${load.failure})`);
    return null;
  }
  const isMock = target.pid === 0;
  if (!isMock) await Bun.sleep(IDLE_SETTLE_MS);
  const idleResidentKib = isMock ? null : residentKib(processTree(target.pid));
  return {
    target,
    result: { name, startMs: isMock ? null : startMs, idleResidentKib, rounds: [], openStreams: [] },
  };
}

/** A stream is two open files in the target: levels the machine's limit does not carry are left out. */
function fittingLevels(options: Options, machine: Machine, notes: Set<string>): number[] {
  const fitting = options.openStreams.filter((streams) => streams * 2 + 200 < machine.openFiles);
  if (fitting.length < options.openStreams.length) {
    notes.add(`at most ${machine.openFiles} open files here: fewer streams were held open (see ulimit -n)`);
  }
  return fitting;
}

/** Only ours and the floor: the others would double the time and say little. Before the rounds, while heaps are small. */
async function holdAll(
  children: Children,
  contenders: readonly Contender[],
  levels: readonly number[],
  say: Say,
): Promise<void> {
  for (const { target, result } of contenders) {
    if (target.name !== "relay" && target.name !== "gateway") continue;
    for (const streams of levels) {
      say(`${target.name}: ${streams} open streams`);
      result.openStreams.push(await holdOpen(children, target, streams));
    }
  }
}

async function runRounds(
  children: Children,
  contenders: readonly Contender[],
  options: Options,
  notes: Set<string>,
  say: Say,
): Promise<Disturbance[]> {
  for (const { target } of contenders) {
    say(`warming ${target.name} up`);
    for (const profile of ["json", "burst"] as const)
      await measureWindow(children, target, { profile, ...WARM });
  }
  const disturbances: Disturbance[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const since = watchMachine();
    for (const { target, result } of shuffled(contenders)) {
      say(`round ${round} of ${options.rounds}: ${target.name}`);
      result.rounds.push(await measureTarget(children, target, options.seconds, notes));
    }
    disturbances.push(since());
  }
  return disturbances;
}
