import { createLog } from "./boot/log.ts";
import { KNOWN, start } from "./boot/start.ts";
import { createProgram } from "./cli/program.ts";
import { type Environment, readEnvironment } from "./config/env.ts";
import { environmentForManyCalls } from "./config/http-limit.ts";
import { isConfigProblem } from "./config/problem.ts";

/** Serves until SIGTERM or SIGINT, then drains and ends with 0. A second signal does not wait. */
async function serve(environment: Environment, configPath?: string): Promise<void> {
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
  let stopping = false;
  const stop = async () => {
    if (stopping) process.exit(1);
    stopping = true;
    await running.stop();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

/** Started without the launcher: start again with the variable that allows more than 256 upstream calls at once. */
async function startAgain(environment: NodeJS.ProcessEnv): Promise<never> {
  const child = Bun.spawn([process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    env: environment,
    stdio: ["inherit", "inherit", "inherit"],
  });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  process.exit(await child.exited);
}

const needed = environmentForManyCalls();
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
