import { addAlerts } from "./alerts.ts";
import { addBackup } from "./backup.ts";
import { addBill } from "./bill.ts";
import { addConfig } from "./config.ts";
import { addConsole } from "./console.ts";
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
  addAlerts,
  addBill,
  addRoute,
  addProviders,
  addConsole,
  addConfig,
  addBackup,
  addDoctor,
];
