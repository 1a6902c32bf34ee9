import type { FigureName } from "../measure/round.ts";
import { median, ratio } from "../measure/statistics.ts";
import type { TargetName } from "../targets/target.ts";
import type { Result } from "./result.ts";

/** The gateway's figure divided by another target's, round by round: both met the same machine in each. */
export interface Ratio {
  figure: FigureName;
  to: TargetName;
  rounds: (number | null)[];
  median: number | null;
}

const figures: readonly FigureName[] = [
  "cpuMicrosPerRequest",
  "requestsPerSecond",
  "steadyCpuMicrosPerEvent",
  "burstCpuMicrosPerEvent",
];
const yardsticks: readonly TargetName[] = ["relay", "nginx", "portkey"];

/** Every ratio that can be made; none without the gateway. */
export function ratios(result: Result): Ratio[] {
  const gateway = result.targets.find((target) => target.name === "gateway");
  if (!gateway) return [];
  const others = result.targets.filter((target) => yardsticks.includes(target.name));
  const all = figures.flatMap((figure) =>
    others.map((other) => {
      const rounds = gateway.rounds.map((round, index) =>
        ratio(round[figure], other.rounds[index]?.[figure] ?? null),
      );
      return { figure, to: other.name, rounds, median: median(rounds) };
    }),
  );
  return all.filter((one) => one.median !== null);
}
