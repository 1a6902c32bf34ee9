import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isObject } from "../core/json.ts";
import type { Config } from "./config.ts";
import { crossCheck, type Known } from "./cross-checks.ts";
import type { Environment } from "./env.ts";
import { interpolate, type Unfilled } from "./interpolate.ts";
import { type Origins, originsOf } from "./origins.ts";
import { parseConfig } from "./parse.ts";
import { NO_PLACES } from "./places.ts";
import type { ConfigProblem } from "./problem.ts";
import { type PlacedRule, ruleProblems } from "./rule-checks.ts";
import { type FileShape, fileSchema } from "./schema.ts";
import { sentencesOf } from "./sentences.ts";
import { toConfig, toRule } from "./to-config.ts";

/** Looked for in the working folder, in this order, where no file is named. */
export const DEFAULT_FILES = ["nyuro.yaml", "nyuro.yml", "nyuro.json"] as const;

export interface LoadOptions {
  environment: Environment;
  /** Absolute; relative paths of the command line and the environment start here. */
  cwd: string;
  /** `--config`; wins over `NYURO_CONFIG`. */
  path?: string;
  known: Known;
}

export interface LoadedConfig {
  config: Config;
  /** Absolute path of the file; null = there is none, defaults and environment alone count. */
  path: string | null;
  /** Twelve hexadecimal digits that change whenever the effective configuration does. */
  revision: string;
  /** Where its parts stand in the file; it may change while the revision does not. */
  origins: Origins;
}

function findFile({ environment, cwd, path }: LoadOptions): string | null {
  const named = path ?? environment.configPath;
  if (named !== null) return resolve(cwd, named);
  return DEFAULT_FILES.map((name) => join(cwd, name)).find((candidate) => existsSync(candidate)) ?? null;
}

function readDocument(path: string): ReturnType<typeof parseConfig> {
  try {
    // A pipe can be read once only: at the next reload it would block, or look like an empty file.
    if (!statSync(path).isFile()) return { problems: ["the config file is not a regular file"] };
    return parseConfig(readFileSync(path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    return {
      problems: [
        code === "ENOENT" ? "the config file does not exist" : `the config file cannot be read (${code})`,
      ],
    };
  }
}

/** Who names the folder decides what a relative name starts from. */
function dataDirOf(document: unknown, dataDir: string, path: string | null, options: LoadOptions): string {
  const { environment, cwd } = options;
  if (environment.dataDir !== null) return resolve(cwd, environment.dataDir);
  const namedByFile = path !== null && isObject(document) && document.data_dir !== undefined;
  return resolve(namedByFile ? dirname(path) : cwd, dataDir);
}

function revisionOf(config: Config): string {
  return createHash("sha256").update(JSON.stringify(config)).digest("hex").slice(0, 12);
}

/** Every mistake once; a text that could not be filled in is not also blamed for its form. */
function problemsOf(unfilled: readonly Unfilled[], others: readonly string[]): string[] {
  const rest = others.filter((problem) => !unfilled.some(({ at }) => problem.startsWith(`${at} `)));
  return [...new Set([...unfilled.map(({ at, reason }) => `${at} ${reason}`), ...rest])];
}

/** Whether a priority was written is only to be seen in the document: the schema fills it in. */
function placedRules({ rules }: FileShape, document: unknown): PlacedRule[] {
  const written = isObject(document) && Array.isArray(document.rules) ? document.rules : [];
  return rules.map((rule, place) => {
    const source: unknown = written[place];
    return { rule: toRule(rule), place, hasPriority: isObject(source) && source.priority !== undefined };
  });
}

/**
 * Finds, reads, interpolates and checks the configuration. Says everything that is wrong at once.
 * Reading again gives the same revision as long as nothing that counts has changed.
 */
export function loadConfig(options: LoadOptions): LoadedConfig | ConfigProblem {
  const path = findFile(options);
  const read = path === null ? { document: {}, places: NO_PLACES } : readDocument(path);
  if ("problems" in read) return { path, problems: read.problems };

  const { environment, cwd, known } = options;
  const folder = path === null ? cwd : dirname(path);
  const { document, unfilled } = interpolate(read.document, { variable: environment.value, folder });
  const parsed = fileSchema.safeParse(document);
  const misshapen = parsed.success ? [] : sentencesOf(parsed.error.issues, document);
  const problems = problemsOf(unfilled, [...misshapen, ...crossCheck(document, known)]);
  if (!parsed.success || problems.length > 0) return { path, problems };
  const misplaced = ruleProblems(placedRules(parsed.data, document));
  if (misplaced.length > 0) return { path, problems: misplaced };

  const config = toConfig(parsed.data, {
    host: environment.host ?? parsed.data.server.host,
    port: environment.port ?? parsed.data.server.port,
    dataDir: dataDirOf(document, parsed.data.data_dir, path, options),
    folder,
  });
  const named = {
    providers: parsed.data.providers.map(({ id }) => id),
    rules: parsed.data.rules.map(({ name }) => name),
  };
  const origins = originsOf(read.places, named, path, cwd);
  return { config, path, revision: revisionOf(config), origins };
}
