import { CHECKS } from "./checks.ts";
import { type AddCommand, answering } from "./context.ts";
import { table } from "./table.ts";

/** `nyuro doctor`: what a start needs, looked at without starting. */
export const addDoctor: AddCommand = (program, context) => {
  const doctor = program
    .command("doctor")
    .description("check runtime, packages, configuration, data folder, keys and port")
    .option("--config <file>", "configuration file");
  answering<{ config?: string }>(doctor, context, async ({ config }) => {
    const findings = [];
    for (const check of CHECKS) findings.push(await check(context, config));
    if (findings.some(({ status }) => status === "fail")) context.terminal.failed();
    const rows = findings.map(({ status, check, detail }) => [status, check, detail]);
    return { json: findings, text: table(["RESULT", "CHECK", "FOUND"], rows) };
  });
};
