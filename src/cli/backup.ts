import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { isConfigProblem } from "../config/problem.ts";
import { SECRET_FILE } from "../keys/pepper.ts";
import { backupDatabase } from "../store/backup.ts";
import { readConfiguration } from "./configuration.ts";
import { type AddCommand, type Answer, answering, type Context } from "./context.ts";

/** `nyuro backup`: a copy of the data folder, of which a server can be started. */
export const addBackup: AddCommand = (program, context) => {
  const backup = program
    .command("backup")
    .argument("[folder]", "a new or empty one; nyuro-backup-<time> by default")
    .description("copy the data folder, while the server runs or not")
    .option("--config <file>", "configuration file");
  answering<{ config?: string }>(backup, context, async ({ config }, folder) =>
    backedUp(context, config, folder),
  );
};

function backedUp(context: Context, configPath: string | undefined, named: string | undefined): Answer {
  const loaded = readConfiguration(context, configPath);
  if (isConfigProblem(loaded)) return { problem: loaded.problems.join("; ") };
  const { dataDir } = loaded.config;
  const time = new Date(context.clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const folder = resolve(context.cwd, named ?? `nyuro-backup-${time}`);
  const isNew = !existsSync(folder);
  if (!isNew && readdirSync(folder).length > 0) return { problem: `${folder} is not empty.` };
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    return { problem: `${folder} cannot be made: ${error instanceof Error ? error.message : error}.` };
  }
  const copied = backupDatabase(dataDir, folder);
  if ("problem" in copied) {
    if (isNew) rmSync(folder, { recursive: true });
    return copied;
  }
  const secret = join(dataDir, SECRET_FILE);
  const hasSecret = existsSync(secret);
  // Its mode is copied with it: the owner's alone.
  if (hasSecret) copyFileSync(secret, join(folder, SECRET_FILE));
  const { bytes } = copied;
  const rest = hasSecret
    ? "It holds the secret that keys are verified with: keep it as safe as the original."
    : "The secret is not in the data folder: NYURO_SECRET has to be kept apart, without it no key is valid.";
  return {
    json: { folder, bytes, has_secret: hasSecret },
    text: `Copied ${dataDir} to ${folder} (${bytes} bytes of database). ${rest}\nTo restore it, stop the server and start it with data_dir set to a copy of that folder.`,
  };
}
