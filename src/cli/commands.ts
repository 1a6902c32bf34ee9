import { addConfig } from "./config.ts";
import type { AddCommand } from "./context.ts";
import { addDoctor } from "./doctor.ts";
import { addKeys } from "./keys.ts";
import { addLogs } from "./logs.ts";
import { addOrgs } from "./orgs.ts";
import { addProviders } from "./providers.ts";
import { addRoute } from "./route.ts";
import { addServe } from "./serve.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly AddCommand[] = [
  addServe,
  addKeys,
  addOrgs,
  addLogs,
  addRoute,
  addProviders,
  addConfig,
  addDoctor,
];
