import type { AddCommand } from "./context.ts";

/** `nyuro serve`. */
export const addServe: AddCommand = (program, { serve }) => {
  program
    .command("serve")
    .description("start the server; SIGTERM ends it once what is in flight is done")
    .option("--config <file>", "configuration file")
    .action(async ({ config }: { config?: string }) => serve(config));
};
