import { streamSlope } from "../measure/open-streams.ts";
import type { FigureName } from "../measure/round.ts";
import { difference, median } from "../measure/statistics.ts";
import { ratios } from "./ratios.ts";
import type { Result, TargetResult } from "./result.ts";

type Row = readonly string[];

const figureNames: Readonly<Record<FigureName, string>> = {
  cpuMicrosPerRequest: "CPU per request",
  requestsPerSecond: "requests per second",
  latencyP50Micros: "latency p50",
  latencyP99Micros: "latency p99",
  firstTokenP50Micros: "first token p50",
  firstTokenP99Micros: "first token p99",
  burstCpuMicrosPerEvent: "CPU per event, burst",
  steadyCpuMicrosPerEvent: "CPU per event, steady",
};

/** The whole report as Markdown: what is printed and what docs/performance.md shows. */
export function reportText(result: Result): string {
  const parts = [
    headline(result),
    table(figureRows(result)),
    table(ratioRows(result)),
    table(streamRows(result)),
    result.notes.map((note) => `- ${note}`).join("\n"),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function headline({ time, machine, rounds, seconds, disturbances }: Result): string {
  const foreign = median(disturbances.map((one) => one.foreign));
  const stolen = median(disturbances.map((one) => one.stolen));
  return (
    `${time.slice(0, 10)}, ${machine.cores} cores of ${machine.processor}, ${machine.memoryGib} GiB, ${machine.system}, ` +
    `Bun ${machine.bun}. ${rounds} rounds, windows of ${seconds} s; load, mock and target on the same machine. ` +
    `Used by others meanwhile: ${percent(foreign)} of the cores, taken by the host: ${percent(stolen)}. Medians of the rounds.`
  );
}

function figureRows({ targets }: Result): Row[] {
  const direct = targets.find((target) => target.name === "direct");
  const added = (target: TargetResult, figure: FigureName) =>
    target === direct
      ? null
      : median(
          target.rounds.map((round, index) =>
            difference(round[figure], direct?.rounds[index]?.[figure] ?? null),
          ),
        );
  const own = (target: TargetResult, figure: FigureName) =>
    median(target.rounds.map((round) => round[figure]));
  const row = (name: string, cell: (target: TargetResult) => string): Row => [name, ...targets.map(cell)];
  return [
    ["", ...targets.map((target) => target.name)],
    row("CPU µs per request (c=32)", (target) => number(own(target, "cpuMicrosPerRequest"), 1)),
    row("requests per second (c=32)", (target) => number(own(target, "requestsPerSecond"), 0)),
    row("latency p50 µs (c=1)", (target) => number(own(target, "latencyP50Micros"), 0)),
    row("added p50 µs (c=1)", (target) => number(added(target, "latencyP50Micros"), 0)),
    row("added p99 µs (c=1)", (target) => number(added(target, "latencyP99Micros"), 0)),
    row("added to the first token, p50 µs (c=1)", (target) =>
      number(added(target, "firstTokenP50Micros"), 0),
    ),
    row("added to the first token, p99 µs (c=1)", (target) =>
      number(added(target, "firstTokenP99Micros"), 0),
    ),
    row("CPU µs per event, steady (c=32)", (target) => number(own(target, "steadyCpuMicrosPerEvent"), 1)),
    row("CPU µs per event, burst (c=32)", (target) => number(own(target, "burstCpuMicrosPerEvent"), 1)),
    row("RSS idle MB", (target) => megabytes(target.idleResidentKib)),
    row("RSS per open stream KB", (target) => slope(target)),
    row("start to first answer ms", (target) => number(target.startMs, 0)),
  ];
}

function ratioRows(result: Result): Row[] {
  const found = ratios(result);
  if (found.length === 0) return [];
  const rows = found.map((one) => [
    figureNames[one.figure],
    `gateway / ${one.to}`,
    number(one.median, 2),
    one.rounds.map((value) => number(value, 2)).join(" "),
  ]);
  return [["ratio", "", "median", "rounds"], ...rows];
}

function streamRows({ targets }: Result): Row[] {
  const rows = targets.flatMap((target) =>
    target.openStreams.map((level) => [
      target.name,
      String(level.streams),
      String(level.openAtOnce),
      String(level.completed),
      String(level.eventsLost),
      level.failed === 0 ? "0" : `${level.failed} (${level.failure})`,
      megabytes(level.residentKib),
    ]),
  );
  if (rows.length === 0) return [];
  return [["streams held", "asked", "open at once", "complete", "events lost", "failed", "RSS MB"], ...rows];
}

export function table(rows: readonly Row[]): string {
  const [head] = rows;
  if (!head) return "";
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: Row) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.slice(1).map(line)].join("\n");
}

export function number(value: number | null, digits: number): string {
  if (value === null) return "–";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function slope(target: TargetResult): string {
  const found = streamSlope(target.openStreams);
  return found ? `${number(found.kib, 1)} (${found.from} to ${found.to})` : "–";
}

function megabytes(kib: number | null): string {
  return number(kib === null ? null : kib / 1024, 0);
}

function percent(share: number | null): string {
  return share === null ? "–" : `${Math.round(share * 100)} %`;
}
