import { createLog } from "./boot/log.ts";
import { KNOWN, start } from "./boot/start.ts";
import { createProgram } from "./cli/program.ts";
import { type Environment, readEnvironment } from "./config/env.ts";
import { isConfigProblem } from "./config/problem.ts";
import { environmentToStartAgain } from "./config/runtime-environment.ts";
import { systemClock } from "./core/clock.ts";

/** `npm start`, a terminal and a supervisor may each pass on the same signal: within this time it is one. */
const SAME_SIGNAL_MS = 500;

/** Resolves at the first SIGTERM or SIGINT; a later one ends the process at once. */
function stopAsked(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let askedMs: number | null = null;
  const onSignal = () => {
    const nowMs = systemClock.monotonic();
    if (askedMs !== null && nowMs - askedMs > SAME_SIGNAL_MS) process.exit(1);
    askedMs ??= nowMs;
    resolve();
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  return promise;
}

/** Serves until SIGTERM or SIGINT, then drains and ends with 0. A second signal does not wait. */
async function serve(environment: Environment, configPath?: string): Promise<void> {
  // Before anything is taken or accepted: what arrives while we start is obeyed once we have started.
  const asked = stopAsked();
  const running = await start({
    environment,
    cwd: process.cwd(),
    configPath,
    log: createLog(environment.logLevel),
    print: (text) => process.stdout.write(`${text}\n`),
  });
  if ("problems" in running) {
    for (const problem of running.problems) process.stderr.write(`nyuro: ${problem}\n`);
    process.exit(1);
  }
  await asked;
  await running.stop();
  process.exit(0);
}

/** Started without the launcher: start again with what the runtime must find in its environment. */
async function startAgain(environment: Readonly<Record<string, string | undefined>>): Promise<never> {
  // A .env file was read already; read again, it could put back what was taken out.
  const command = [process.execPath, "--no-env-file", ...process.execArgv, ...process.argv.slice(1)];
  const child = Bun.spawn(command, { env: environment, stdio: ["inherit", "inherit", "inherit"] });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  process.exit(await child.exited);
}

const needed = environmentToStartAgain();
if (needed) await startAgain(needed);
const environment = readEnvironment();
if (isConfigProblem(environment)) {
  for (const problem of environment.problems) process.stderr.write(`nyuro: ${problem}\n`);
  process.exit(1);
}
await createProgram({
  environment,
  known: KNOWN,
  serve: (configPath) => serve(environment, configPath),
}).parseAsync();
