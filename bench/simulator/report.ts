import type { Figures } from "./figures.ts";
import { SCENARIOS } from "./scenario.ts";
import type { Line, Simulation } from "./simulation.ts";

const HEAD = ["USD / 1,000", "quality", "TTFT p50 ms", "p99 ms", "answered", "calls / request"];

function cellsOf(figures: Figures): string[] {
  return [
    figures.costPerThousandUsd.toFixed(2),
    figures.quality.toFixed(1),
    Math.round(figures.ttftP50Ms).toString(),
    Math.round(figures.ttftP99Ms).toString(),
    percent(figures.success),
    figures.callsPerRequest.toFixed(3),
  ];
}

/** Never rounds what is not all up to all. */
function percent(share: number): string {
  return share === 1 ? "100 %" : `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

/** A Markdown table, numbers to the right, padded so that a terminal can show it too. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => (row[at] ?? "").length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, at) => (at === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

function scenarioTables(lines: readonly Line[]): string[] {
  return SCENARIOS.map(({ name, means }) => {
    const rows = lines.filter(({ scenario }) => scenario === name);
    const body = rows.map(({ strategy, figures }) => [strategy, ...cellsOf(figures)]);
    return `**${name}** (${means})\n\n${table(["", ...HEAD], body)}`;
  });
}

function attemptsTable({ attempts, requests }: Simulation): string {
  const failedIn = (lines: readonly Line[]) =>
    lines.map(({ figures }) => Math.round((1 - figures.success) * requests).toString());
  const rows = attempts.map(({ maxAttempts, lines }) => [`${maxAttempts}`, ...failedIn(lines)]);
  return table(["`max_attempts`", ...SCENARIOS.map(({ name }) => name)], rows);
}

function floorsTable({ floors }: Simulation): string {
  const rows = floors.map(({ qualityFloor, calm }) => [`${qualityFloor}`, ...cellsOf(calm).slice(0, 4)]);
  return table(["`quality_floor`", ...HEAD.slice(0, 4)], rows);
}

/** Everything as Markdown; `day` is when it was run, `YYYY-MM-DD`. */
export function reportText(simulation: Simulation, day: string): string {
  const { traffic, requests } = simulation;
  const many = requests.toLocaleString("en-US");
  return [
    `\`npm run simulate -- --document\`, ${day}, seed ${traffic.seed}: ${many} requests in ${traffic.seconds} s of simulated time,
prompts of \`bench/classifier/prompts.jsonl\`, thirteen deployments at five invented providers. Filters, order, classifier,
health and fault table are the gateway's own; providers, clock and luck are simulated, and every strategy meets the same.
Trouble hits the provider that the strategy leans on most. Round-robin and random choose among the same eligible
deployments and go on to the next after a fault, but nobody rests; "always the best" has one deployment.`,
    ...scenarioTables(simulation.lines),
    `Requests that \`strategy:latency\` leaves unanswered, of ${many}, by \`routing.max_attempts\` (default 5; the retry
of a connection that ended early counts, and here one provider holds the first three places):`,
    attemptsTable(simulation),
    "`strategy:cost` in the calm, by `routing.quality_floor` (default 50):",
    floorsTable(simulation),
  ].join("\n\n");
}
