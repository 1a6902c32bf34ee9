import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import { isConfigProblem } from "../config/problem.ts";
import { keyVariables } from "../providers/presets/from-environment.ts";
import { PRESETS } from "../providers/presets/list.ts";
import { readConfiguration } from "./configuration.ts";
import type { Context } from "./context.ts";

export interface Finding {
  check: string;
  /** `warn`: it starts, but may not be what is meant. */
  status: "ok" | "warn" | "fail";
  detail: string;
}

export type Check = (context: Context, configPath: string | undefined) => Finding | Promise<Finding>;

/** In the order in which a start would meet them. */
export const CHECKS: readonly Check[] = [runtime, packages, configuration, dataFolder, providerKeys, port];

const ROOT = join(import.meta.dir, "..", "..");

function dependencies(): Record<string, string> {
  return JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).dependencies;
}

function runtime(): Finding {
  const wanted = dependencies().bun ?? "*";
  const fits = Bun.semver.satisfies(Bun.version, wanted);
  const detail = `Bun ${Bun.version}${fits ? "" : `, but ${wanted} is wanted; run npm ci`}`;
  return { check: "runtime", status: fits ? "ok" : "fail", detail };
}

function packages(): Finding {
  const names = Object.keys(dependencies());
  const missing = names.filter((name) => !existsSync(join(ROOT, "node_modules", name, "package.json")));
  if (missing.length === 0) return { check: "packages", status: "ok", detail: `${names.length} installed` };
  return { check: "packages", status: "fail", detail: `missing: ${missing.join(", ")}; run npm ci` };
}

function configOf(context: Context, path: string | undefined): Config | null {
  const loaded = readConfiguration(context, path);
  return isConfigProblem(loaded) ? null : loaded.config;
}

function unknown(check: string): Finding {
  return { check, status: "warn", detail: "not looked at: the configuration cannot be read" };
}

function configuration(context: Context, path: string | undefined): Finding {
  const loaded = readConfiguration(context, path);
  const check = "configuration";
  if (isConfigProblem(loaded)) return { check, status: "fail", detail: loaded.problems.join("; ") };
  return { check, status: "ok", detail: loaded.path ?? "no file; defaults and environment" };
}

function dataFolder(context: Context, path: string | undefined): Finding {
  const check = "data folder";
  const dataDir = configOf(context, path)?.dataDir;
  if (dataDir === undefined) return unknown(check);
  // The first folder on the way up that is there decides whether the rest can be made.
  let there = dataDir;
  while (!existsSync(there)) there = dirname(there);
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
    if (!statSync(there).isDirectory()) return { check, status: "fail", detail: `${there} is no folder` };
    const isNew = there === dataDir ? "" : ", made at the first start";
    return { check, status: "ok", detail: `${dataDir}${isNew}` };
  } catch {
    return { check, status: "fail", detail: `${there} cannot be written to` };
  }
}

/** Names of variables only, never a value. */
function providerKeys(context: Context, path: string | undefined): Finding {
  const check = "provider keys";
  const config = configOf(context, path);
  if (!config) return unknown(check);
  const names = PRESETS.flatMap(keyVariables);
  const present = [...new Set(names)].filter((name) => context.environment.value(name) !== null);
  const found = present.length === 0 ? "none in the environment" : present.join(", ");
  if (config.providers.length > 0)
    return { check, status: "ok", detail: `${found}; ${config.providers.length} configured` };
  return { check, status: present.length === 0 ? "warn" : "ok", detail: found };
}

async function port(context: Context, path: string | undefined): Promise<Finding> {
  const check = "port";
  const config = configOf(context, path);
  if (!config) return unknown(check);
  const { host, port: number } = config.server;
  const where = `${host}:${number}`;
  try {
    Bun.listen({ hostname: host, port: number, socket: { data() {} } }).stop(true);
    return { check, status: "ok", detail: `${where} is free` };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    if (code !== "EADDRINUSE") return { check, status: "fail", detail: `${where} cannot be used (${code})` };
    const isOurs = await context.api.isAlive(addressOf(host, number));
    if (isOurs) return { check, status: "ok", detail: `${where}: a Nyuro answers there` };
    return { check, status: "fail", detail: `${where} is taken by another program` };
  }
}

/** What listens on every interface is asked on loopback. */
function addressOf(host: string, number: number): string {
  if (host === "0.0.0.0" || host === "::") return `http://127.0.0.1:${number}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${number}`;
}
